import { closeSync, constants, fstatSync, open, read, write, writeSync } from "node:fs";
import { FAILED, signalExit } from "./exits.ts";
import { systemReason, tooLarge } from "./regular-file.ts";

/*
 * Files that a person names on the command line. They may be anything: a pipe that somebody fills later, `/dev/stdout`,
 * `<(…)`. Opening and reading those can wait, so that it happens beside the event loop: SIGINT and SIGTERM end it.
 */

/** Why a file that was named cannot be used, and the exit code that fits. */
export interface NamedProblem {
  ok: false;
  why: string;
  exit: number;
}

/** Bytes that are asked for at once. */
const CHUNK = 64 * 1024;

/** Reads what is named to its end; more than `limit` bytes (an endless device, say) are an error. */
export async function readNamed(
  path: string,
  limit: number,
  signal: AbortSignal,
): Promise<{ ok: true; bytes: Buffer } | NamedProblem> {
  const opened = await openNamed(path, constants.O_RDONLY | constants.O_NOCTTY, 0, signal);
  if (!opened.ok) return opened;
  const { fd } = opened;
  try {
    if (fstatSync(fd).isDirectory()) return { ok: false, why: "it is a directory, not a file", exit: FAILED };
    return await readAll(fd, limit, signal);
  } catch (error) {
    return { ok: false, why: systemReason(error).why, exit: FAILED };
  } finally {
    if (!signal.aborted) closeSync(fd);
  }
}

/** Standard input, with the same bounds. */
export async function readAll(
  fd: number,
  limit: number,
  signal: AbortSignal,
): Promise<{ ok: true; bytes: Buffer } | NamedProblem> {
  const parts: Buffer[] = [];
  for (let total = 0; ; ) {
    const part = Buffer.allocUnsafe(CHUNK);
    const count = await unlessAborted<number>((done) => read(fd, part, 0, CHUNK, null, done), signal);
    if (count === ABORTED) return interrupted(signal);
    if (count === 0) return { ok: true, bytes: Buffer.concat(parts) };
    total += count;
    if (total > limit) return { ok: false, why: tooLarge(limit), exit: FAILED };
    parts.push(part.subarray(0, count));
  }
}

/** Bytes that may wait for a reader of a pipe; a recording of hours has less. */
const MOST_WAITING = 64 * 1024 * 1024;

/** A file that was named for writing. */
export class NamedFile {
  readonly #fd: number;
  readonly #is_file: boolean;
  readonly #signal: AbortSignal;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();
  #problem: string | null = null;

  constructor(fd: number, signal: AbortSignal) {
    this.#fd = fd;
    this.#is_file = fstatSync(fd).isFile();
    this.#signal = signal;
  }

  /** Writes at once into a file, so that a crash loses nothing; a pipe gets it when it can take it. Never throws. */
  write(text: string): void {
    if (this.#problem !== null) return;
    const bytes = Buffer.from(text);
    if (this.#is_file) this.#writeNow(bytes);
    else if (this.#waiting + bytes.length > MOST_WAITING) this.#problem = "its reader is too slow";
    else this.#writeLater(bytes);
  }

  #writeNow(bytes: Buffer): void {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
    } catch (error) {
      this.#problem = systemReason(error).why;
    }
  }

  #writeLater(bytes: Buffer): void {
    this.#waiting += bytes.length;
    this.#last = this.#last.then(async () => {
      try {
        for (let at = 0; at < bytes.length && this.#problem === null && !this.#signal.aborted; ) {
          const count = await unlessAborted<number>((done) => write(this.#fd, bytes, at, done), this.#signal);
          at += count === ABORTED ? 0 : count;
        }
      } catch (error) {
        this.#problem = systemReason(error).why;
      }
      this.#waiting -= bytes.length;
    });
  }

  /** Waits until all is written, but not beyond a signal. Why not all of it is there; null when it is. */
  async close(): Promise<string | null> {
    await this.#last;
    const { aborted } = this.#signal;
    if (!aborted || this.#is_file) closeSync(this.#fd);
    return this.#problem ?? (aborted && this.#waiting > 0 ? "interrupted" : null);
  }
}

/** Makes the file, or empties the one that is there. `mode`: of a new one. */
export async function createNamed(
  path: string,
  mode: number,
  signal: AbortSignal,
): Promise<{ ok: true; file: NamedFile } | NamedProblem> {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOCTTY } = constants;
  const opened = await openNamed(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY, mode, signal);
  return opened.ok ? { ok: true, file: new NamedFile(opened.fd, signal) } : opened;
}

async function openNamed(
  path: string,
  flags: number,
  mode: number,
  signal: AbortSignal,
): Promise<{ ok: true; fd: number } | NamedProblem> {
  try {
    const fd = await unlessAborted<number>((done) => open(path, flags, mode, done), signal);
    return fd === ABORTED ? interrupted(signal) : { ok: true, fd };
  } catch (error) {
    return { ok: false, why: systemReason(error).why, exit: FAILED };
  }
}

/** No number that the system gives. */
const ABORTED = -1;

/** What a call of the system gives, or ABORTED as soon as the signal says so; the call may then wait on, and its thread with it. */
function unlessAborted<T extends number>(
  call: (done: (error: Error | null, value: T) => void) => void,
  signal: AbortSignal,
): Promise<number> {
  if (signal.aborted) return Promise.resolve(ABORTED);
  return new Promise((resolve, reject) => {
    const stop = () => resolve(ABORTED);
    signal.addEventListener("abort", stop, { once: true });
    call((error, value) => {
      signal.removeEventListener("abort", stop);
      if (error) reject(error);
      else resolve(value);
    });
  });
}

const interrupted = ({ reason }: AbortSignal): NamedProblem => ({
  ok: false,
  why: "interrupted before it was read or written",
  exit: signalExit(reason) ?? FAILED,
});
