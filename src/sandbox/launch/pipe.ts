import { libc } from "../../base/libc.ts";

/** fcntl.h, the same on x86-64 and arm64. */
const O_CLOEXEC = 0o2000000;
const O_NONBLOCK = 0o4000;
const F_SETFL = 4;
const F_SETPIPE_SZ = 1031;
/** As much as Linux gives anybody who asks (`pipe-max-size`). */
const LARGE_BYTES = 1024 * 1024;

/** Both ends of a pipe, as descriptors that are not inherited unless they are handed on. */
export interface Pipe {
  read: number;
  write: number;
}

/**
 * A real pipe for a command's output. Bun's own "pipe" is a socket, and a socket cannot be opened again through
 * `/dev/stdout` or `/dev/stderr`, which scripts and Makefiles do. null where it cannot be had: Bun's own will do.
 */
export function openPipe(): Pipe | null {
  if (process.platform !== "linux") return null;
  const ends = new Int32Array(2);
  if (libc().pipe2(ends, O_CLOEXEC) !== 0) return null;
  const [read = -1, write = -1] = ends;
  return { read, write };
}

/**
 * Makes a pipe hold more, so that its writer waits less often, and its reading end say at once when it is empty. False: it still
 * waits then. A pipe that the system leaves as it is will do.
 */
export function enlarge(read: number): boolean {
  const { fcntl } = libc();
  fcntl(read, F_SETPIPE_SZ, LARGE_BYTES);
  return fcntl(read, F_SETFL, O_NONBLOCK) === 0;
}
