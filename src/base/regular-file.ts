import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from "node:fs";

/** Codes of what the system does not refuse. */
export const NOT_A_FILE = "not-a-file";
export const TOO_LARGE = "too-large";

/** The content of a file, or why there is none. `code` is the system's (ENOENT, EACCES, ELOOP …), or one of those above. */
export type RegularRead = { ok: true; bytes: Buffer } | { ok: false; code: string; why: string };

/** Bytes that are asked for at once. */
const CHUNK = 64 * 1024;

/** A file that is open, with its size, or why it is not. */
export type RegularOpen = { ok: true; fd: number; size: number } | Extract<RegularRead, { ok: false }>;

/**
 * Opens a file that a repository, the configuration or moat itself names. It is opened first and looked at then, without waiting:
 * a pipe or a device that lies there in a file's place must not hold moat up. With `refuse` a symbolic link is the code ELOOP.
 */
export function openRegular(path: string, limit: number, links: "follow" | "refuse" = "follow"): RegularOpen {
  // The system would be handed U+FFFD instead, and open a file of that name.
  if (!path.isWellFormed())
    return { ok: false, code: "EINVAL", why: "its name holds half of a surrogate pair, as no name does" };
  let fd: number | null = null;
  try {
    const { O_RDONLY, O_NONBLOCK, O_NOCTTY, O_NOFOLLOW } = constants;
    fd = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | (links === "follow" ? 0 : O_NOFOLLOW));
    const stat = fstatSync(fd);
    if (stat.isFile() && stat.size <= limit) return { ok: true, fd, size: stat.size };
    closeSync(fd);
    if (stat.isFile()) return { ok: false, code: TOO_LARGE, why: tooLarge(limit) };
    return { ok: false, code: NOT_A_FILE, why: `it is not a file but ${kindOf(stat)}` };
  } catch (error) {
    if (fd !== null) closeSync(fd);
    const { code, why } = systemReason(error);
    return { ok: false, code, why: code === "ELOOP" && links === "refuse" ? "it is a link" : why };
  }
}

/** Reads such a file. Nothing above `limit` bytes is read, whatever size the system claims. */
export function readRegular(path: string, limit: number, links: "follow" | "refuse" = "follow"): RegularRead {
  const opened = openRegular(path, limit, links);
  if (!opened.ok) return opened;
  try {
    const bytes = readUpTo(opened.fd, opened.size, limit);
    return bytes === null ? { ok: false, code: TOO_LARGE, why: tooLarge(limit) } : { ok: true, bytes };
  } catch (error) {
    return { ok: false, ...systemReason(error) };
  } finally {
    closeSync(opened.fd);
  }
}

/** Reads on in an open file; the number of bytes, 0 at its end. Throws what the system says. */
export function readPiece(fd: number, into: Buffer): number {
  return readSync(fd, into, 0, into.length, null);
}

/** All of it; null when there is more than `limit`. The size is only where to begin: /proc says 0 of what is not empty. */
function readUpTo(fd: number, size: number, limit: number): Buffer | null {
  const parts: Buffer[] = [];
  for (let total = 0; ; ) {
    const part = Buffer.allocUnsafe(Math.max(CHUNK, size - total + 1));
    const count = readSync(fd, part, 0, part.length, null);
    if (count === 0) return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    total += count;
    if (total > limit) return null;
    parts.push(part.subarray(0, count));
  }
}

/** Adds to a file of moat's own, which is made for its owner alone. Throws what the system says, also where no file stands there. */
export function appendRegular(path: string, text: string): void {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK, O_NOCTTY } = constants;
  const fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY, 0o600);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new Error(`${path} is not a file but ${kindOf(stat)}`);
    writeSync(fd, text);
  } finally {
    closeSync(fd);
  }
}

/** What stands in a file's place. */
function kindOf(stat: { isDirectory(): boolean; isFIFO(): boolean; isSocket(): boolean }): string {
  if (stat.isDirectory()) return "a directory";
  if (stat.isFIFO()) return "a pipe";
  return stat.isSocket() ? "a socket" : "a device";
}

export const tooLarge = (limit: number) => `it has more than ${limit} bytes, the most that is read`;

/** The system's code of an error, and words for it. */
export function systemReason(error: unknown): { code: string; why: string } {
  const { code = "", message = String(error) } = error as NodeJS.ErrnoException;
  return { code, why: WORDS[code] ?? `the system says ${code || message}` };
}

const WORDS: Record<string, string> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a part of its path is no directory",
  EACCES: "it may not be opened",
  EBADF: "no such descriptor is open",
  EPERM: "it may not be opened",
  EISDIR: "it is a directory",
  ENAMETOOLONG: "its name is longer than the file system allows",
  ELOOP: "its links lead in a circle",
  ENOSPC: "the disk is full",
  ENXIO: "nothing is at the other end",
  EPIPE: "its reader has gone",
};
