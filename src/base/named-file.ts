import { closeSync, constants, fstatSync, open, openSync, read, statSync, write, writeSync } from "node:fs";
import { FAILED, signalExit } from "./exits.ts";
import { readRegular, systemReason, tooLarge } from "./regular-file.ts";

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

/** Most that is taken from what says no size: an endless device must not fill the memory before it is found out. */
const MOST_UNSIZED = 64 * 1024 * 1024;

/** Reads what is named to its end; more than `limit` bytes (an endless device, say) are an error. */
export async function readNamed(path: string, limit: number, signal: AbortSignal): Promise<NamedRead> {
  const own = descriptorOf(path);
  if (own !== null) return readAll(own, limit, signal);
  if (!isSpecial(path)) {
    const read = readRegular(path, limit);
    return read.ok ? read : { ok: false, why: read.why, exit: FAILED };
  }
  const opened = await openNamed(path, constants.O_RDONLY | constants.O_NOCTTY, 0, signal);
  return opened.ok ? readAll(opened.fd, limit, signal) : opened;
}

/** The number of a descriptor of ours that a path names: opening a pipe or a socket anew does not always work. */
function descriptorOf(path: string): number | null {
  const [, name, number] = path.match(/^\/dev\/(stdin|stdout|stderr)$|^\/(?:dev|proc\/self)\/fd\/(\d+)$/) ?? [];
  if (number !== undefined) return Number(number);
  return name === undefined ? null : ["stdin", "stdout", "stderr"].indexOf(name);
}

/** A pipe or a device. Looked at without opening: to open the one end of a pipe and close it again would tell the other. */
function isSpecial(path: string): boolean {
  try {
    const stat = statSync(path);
    return !stat.isFile() && !stat.isDirectory();
  } catch {
    // There is nothing, or it may not be looked at: opening it says so.
    return false;
  }
}

export type NamedRead = { ok: true; bytes: Buffer } | NamedProblem;

/** Reads a descriptor to its end, within the same bounds and `MOST_UNSIZED`. `onFirst` is called when the first bytes have come, or the end. */
export async function readAll(
  fd: number,
  limit: number,
  signal: AbortSignal,
  onFirst: () => void = () => {},
): Promise<NamedRead> {
  const parts: Buffer[] = [];
  const most = Math.min(limit, MOST_UNSIZED);
  try {
    for (let total = 0; ; ) {
      const part = Buffer.allocUnsafe(CHUNK);
      const count = await readWhenReady(fd, part, signal);
      onFirst();
      if (count === ABORTED) return interrupted(signal);
      if (count === 0) return { ok: true, bytes: Buffer.concat(parts) };
      total += count;
      if (total > most) return { ok: false, why: tooLarge(most), exit: FAILED };
      parts.push(part.subarray(0, count));
    }
  } catch (error) {
    onFirst();
    return { ok: false, why: systemReason(error).why, exit: FAILED };
  }
}

/** Pause before a descriptor that somebody made non-blocking is asked again, in ms: short beside a person, long beside a processor. */
const AGAIN_MS = 10;

async function readWhenReady(fd: number, into: Buffer, signal: AbortSignal): Promise<number> {
  while (true) {
    try {
      return await unlessAborted((done) => read(fd, into, 0, into.length, null, done), signal);
    } catch (error) {
      if (systemReason(error).code !== "EAGAIN") throw error;
      await Bun.sleep(AGAIN_MS);
    }
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
    else if (this.#waiting > 0 && this.#waiting + bytes.length > MOST_WAITING) this.#problem = "its reader is too slow";
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
          const count = await unlessAborted((done) => write(this.#fd, bytes, at, done), this.#signal);
          at += count === ABORTED ? 0 : count;
        }
      } catch (error) {
        this.#problem = systemReason(error).why;
      }
      this.#waiting -= bytes.length;
    });
  }

  /** Resolves when what was handed in so far is written, or will never be. */
  taken(): Promise<void> {
    return this.#last;
  }

  /** Waits until all is written, but not beyond a signal. Why not all of it is there; null when it is. */
  async close(): Promise<string | null> {
    await this.#last;
    const { aborted } = this.#signal;
    // A write that is still under way needs its descriptor, and so do others the standard ones; the process ends soon.
    if (this.#waiting === 0 && this.#fd > 2) closeSync(this.#fd);
    return this.#problem ?? (aborted && this.#waiting > 0 ? "interrupted" : null);
  }
}

/** Makes the file, or empties the one that is there. `mode`: of a new one. */
export async function createNamed(
  path: string,
  mode: number,
  signal: AbortSignal,
): Promise<{ ok: true; file: NamedFile } | NamedProblem> {
  const own = descriptorOf(path);
  if (own !== null) return ownFile(own, signal);
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOCTTY, O_NONBLOCK } = constants;
  const flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY;
  if (isSpecial(path)) {
    const opened = await openNamed(path, flags, mode, signal);
    return opened.ok ? { ok: true, file: new NamedFile(opened.fd, signal) } : opened;
  }
  try {
    return { ok: true, file: new NamedFile(openSync(path, flags | O_NONBLOCK, mode), signal) };
  } catch (error) {
    return { ok: false, why: systemReason(error).why, exit: FAILED };
  }
}

/** A descriptor that was handed to this process, or was not. */
function ownFile(fd: number, signal: AbortSignal): { ok: true; file: NamedFile } | NamedProblem {
  try {
    return { ok: true, file: new NamedFile(fd, signal) };
  } catch (error) {
    return { ok: false, why: systemReason(error).why, exit: FAILED };
  }
}

async function openNamed(
  path: string,
  flags: number,
  mode: number,
  signal: AbortSignal,
): Promise<{ ok: true; fd: number } | NamedProblem> {
  try {
    const fd = await unlessAborted((done) => open(path, flags, mode, done), signal);
    return fd === ABORTED ? interrupted(signal) : { ok: true, fd };
  } catch (error) {
    return { ok: false, why: systemReason(error).why, exit: FAILED };
  }
}

/** No number that the system gives. */
const ABORTED = -1;

/** What a call of the system gives, or ABORTED as soon as the signal says so; the call may then wait on, and its thread with it. */
function unlessAborted(
  call: (done: (error: Error | null, value: number) => void) => void,
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
