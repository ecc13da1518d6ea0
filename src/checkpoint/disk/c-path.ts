import type { ByteText } from "../format/byte-text.ts";

/** PATH_MAX: a path that is as long is refused by the system, and so is one that was cut there. */
const MOST = 4096;

/** Relative paths begin at the working directory (fcntl.h). */
export const AT_FDCWD = -100;
/** A link itself, not what it leads to. */
export const AT_SYMLINK_NOFOLLOW = 0x100;

/** Room for a path as C takes it: one for all calls, as none of them keeps it. */
export class PathRoom {
  readonly #bytes = Buffer.alloc(MOST + 1);

  /** The path with a NUL behind it, until the next one is put here. */
  put(path: ByteText): Buffer {
    if (path.includes("\0")) throw new Error("a path with a NUL in it");
    this.#bytes[this.#bytes.write(path, 0, MOST, "latin1")] = 0;
    return this.#bytes;
  }
}
