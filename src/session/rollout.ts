import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { span } from "../base/index.ts";
import type { Event } from "../protocol/index.ts";
import { putBlob } from "./blobs.ts";
import { acquireLock, type Lock, LockedError } from "./lock.ts";
import { Packer } from "./pack.ts";
import { blobsOf, lockOf } from "./paths.ts";
import { keeping, plannedAfter } from "./persist.ts";
import { RolloutError } from "./rollout-error.ts";
import { historySeqs } from "./thread-state.ts";

/** The file while it is open: `size` is where its last whole line ends. */
interface Opened {
  fd: number;
  size: number;
  lock: Lock;
  packer: Packer;
}

/**
 * Appends a thread's events to its JSONL file: one write a line, so that a killed process leaves at most one torn line.
 * The file comes into being with the first event; only one process writes it. A write that fails leaves the file as it
 * was before the event.
 */
export class RolloutWriter {
  readonly path: string;
  readonly #date: () => Date;
  readonly #read_bytes: number | null;
  #open: Opened | null = null;
  #entrySynced = false;
  /** The thread is in plan mode; null: it goes on, and nobody has said yet. */
  #planned: boolean | null;

  /** @param read_bytes size of the file when it was read, to go on with it; another one is an error. null: whatever is there */
  constructor(path: string, date: () => Date, read_bytes: number | null = null) {
    this.path = path;
    this.#date = date;
    this.#read_bytes = read_bytes;
    this.#planned = read_bytes === null ? false : null;
  }

  /**
   * Takes the lock and opens the file, cutting off a torn last line; `append` does it when nobody did before. Throws
   * LockedError when another process writes the thread, RolloutError when the file cannot be written.
   */
  open(): void {
    this.#open ??= this.#openFile();
  }

  /** Writes what a resumed thread needs of the event. Throws RolloutError; the event is then not in the file. */
  append(event: Event): void {
    const how = keeping(event, this.#planned);
    this.#planned = plannedAfter(event, this.#planned);
    if (how === "drop") return;
    this.#guarded(() => {
      const open = this.#opened();
      // A process that goes on with a thread says so again; the file has begun once.
      if (event.type === "thread.started" && open.size > 0) return;
      const packed = open.packer.pack(event, this.#date().toISOString());
      this.#write(open, packed.text);
      packed.written();
    });
    if (how === "sync") this.sync();
  }

  /** Names the thread; null takes the name away. */
  rename(name: string | null): void {
    const line = { timestamp: this.#date().toISOString(), type: "thread.named", name };
    this.#guarded(() => this.#write(this.#opened(), JSON.stringify(line)));
    this.sync();
  }

  /** Makes what was appended durable. */
  sync(): void {
    const open = this.#open;
    if (!open) return;
    this.#guarded(() => {
      fsyncSync(open.fd);
      if (!this.#entrySynced) syncDirectory(dirname(this.path));
      this.#entrySynced = true;
    });
  }

  close(): void {
    const open = this.#open;
    this.#open = null;
    if (!open) return;
    closeSync(open.fd);
    open.lock.release();
  }

  #opened(): Opened {
    this.#open ??= this.#openFile();
    return this.#open;
  }

  #write(open: Opened, line: string): void {
    const bytes = Buffer.from(`${line}\n`, "utf8");
    try {
      // A write may be short when the disk fills up; the rest then fails with the system's reason.
      const written = span("write");
      for (let at = 0; at < bytes.length; ) at += writeSync(open.fd, bytes, at);
      written(bytes.length);
      open.size += bytes.length;
    } catch (error) {
      ftruncateSync(open.fd, open.size);
      throw error;
    }
  }

  #openFile(): Opened {
    let lock: Lock | null = null;
    let fd: number | null = null;
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      lock = acquireLock(lockOf(this.path));
      const { O_APPEND, O_CREAT, O_RDWR } = constants;
      fd = openSync(this.path, O_APPEND | O_RDWR | (this.#read_bytes === null ? O_CREAT : 0), 0o600);
      this.#checkUnchanged(fd);
      const size = repairEnd(fd);
      const put = (text: string) => putBlob(blobsOf(this.path), text, this.#date());
      return { fd, size, lock, packer: new Packer(put, size === 0 ? null : () => historySeqs(this.path)) };
    } catch (error) {
      if (fd !== null) closeSync(fd);
      lock?.release();
      throw error instanceof LockedError || error instanceof RolloutError ? error : this.#explained(error);
    }
  }

  /** Between reading a thread and taking its lock, another process may have gone on with it. */
  #checkUnchanged(fd: number): void {
    if (this.#read_bytes === null || fstatSync(fd).size === this.#read_bytes) return;
    throw new RolloutError(
      `another process went on with the thread in ${this.path} while it was read: resume it again`,
    );
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof LockedError || error instanceof RolloutError) throw error;
      throw this.#explained(error);
    }
  }

  #explained(error: unknown): RolloutError {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOSPC" || code === "EDQUOT") {
      return new RolloutError(
        `cannot write the thread to ${this.path}: the disk is full. What was written so far is kept; free some space and resume the thread.`,
      );
    }
    return new RolloutError(
      `cannot write the thread to ${this.path}: ${message}. ` +
        "Set MOAT_HOME to a directory that can be written, or use --ephemeral to keep nothing.",
    );
  }
}

/** Bytes that are read at once, from the end backwards, to find the start of the last line. */
const CHUNK = 64 * 1024;

/**
 * Makes the file end with a whole line and returns its size. A process that was killed in the middle of a write leaves a
 * line without an end: it is cut off. A whole line that only lost its line break (editors do that) gets it back.
 */
function repairEnd(fd: number): number {
  const { size } = fstatSync(fd);
  let tail = Buffer.alloc(0);
  for (let from = size; from > 0; ) {
    const length = Math.min(CHUNK, from);
    from -= length;
    const chunk = Buffer.alloc(length);
    readSync(fd, chunk, 0, length, from);
    tail = Buffer.concat([chunk, tail]);
    if (tail.includes(0x0a)) break;
  }
  const last = tail.subarray(tail.lastIndexOf(0x0a) + 1);
  if (last.length === 0) return size;
  if (isJson(last.toString("utf8"))) {
    writeSync(fd, "\n");
    return size + 1;
  }
  ftruncateSync(fd, size - last.length);
  return size - last.length;
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

/** The name of a new file is durable only when its directory is. */
function syncDirectory(dir: string): void {
  const fd = openSync(dir, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
