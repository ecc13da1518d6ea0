import { closeSync, fstatSync, readSync } from "node:fs";
import { openRegular } from "../base/index.ts";
import { RolloutError } from "./rollout-error.ts";

/** What a rollout's bytes are read from. What comes back is good until the next call. */
export interface Content {
  readonly size: number;
  bytes(from: number, to: number): Buffer;
}

/** Bytes that are read at once: enough that the system is asked rarely, little beside what a process takes anyway. */
const PIECE = 256 * 1024;
/** Largest rollout that is read. */
const MAX_BYTES = 2 * 1024 ** 3;

/**
 * A file of which one piece is in memory. It is open only while a piece is read, so that nothing has to be closed; a file that
 * another one took the place of is an error.
 */
export class FileWindow implements Content {
  readonly path: string;
  readonly size: number;
  /** Bytes that were read so far. */
  read = 0;
  readonly #identity: string;
  #from = 0;
  readonly #room = Buffer.allocUnsafeSlow(PIECE);
  #piece: Buffer = this.#room.subarray(0, 0);

  /** Throws when there is no such file, or none that may be read. */
  constructor(path: string) {
    this.path = path;
    const { fd, size } = opened(path);
    this.size = size;
    this.#identity = identityOf(fd);
    closeSync(fd);
  }

  bytes(from: number, to: number): Buffer {
    // What lies before the piece is read by somebody who goes backwards.
    if (from < this.#from) this.#load(Math.max(0, Math.min(from, to - PIECE)), to);
    else if (to > this.#from + this.#piece.length) this.#load(from, Math.max(to, from + PIECE));
    return this.#piece.subarray(from - this.#from, to - this.#from);
  }

  #load(from: number, to: number): void {
    const { fd } = opened(this.path);
    try {
      if (identityOf(fd) !== this.#identity) throw new Error(`${this.path}: another file lies there by now`);
      const length = Math.min(to, this.size) - from;
      // Lines that are larger than a piece are rare: the room is used again.
      const room = length > PIECE ? Buffer.allocUnsafeSlow(length) : this.#room;
      const count = readSync(fd, room, 0, length, from);
      this.#piece = room.subarray(0, count);
      this.#from = from;
      this.read += count;
    } finally {
      closeSync(fd);
    }
  }
}

function opened(path: string): { fd: number; size: number } {
  const file = openRegular(path, MAX_BYTES);
  if (file.ok) return file;
  throw new RolloutError(`the thread cannot be read from ${path}: ${file.why}`);
}

function identityOf(fd: number): string {
  const { dev, ino } = fstatSync(fd);
  return `${dev}:${ino}`;
}

/** Bytes that are in memory. */
export function inMemory(bytes: Buffer): Content {
  return { size: bytes.length, bytes: (from, to) => bytes.subarray(from, to) };
}
