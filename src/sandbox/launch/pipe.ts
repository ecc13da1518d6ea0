import { libc } from "../../base/libc.ts";

/** fcntl.h, the same on x86-64 and arm64. */
const O_CLOEXEC = 0o2000000;

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
