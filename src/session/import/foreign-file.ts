import { closeSync } from "node:fs";
import { openRegular, readPiece, readRegular } from "../../base/index.ts";
import { type Foreign, parseObject } from "./foreign.ts";
import type { Losses } from "./losses.ts";

/** Longest line that is read; a line of JSON is held several times over while it is taken apart. No image of any provider is as big. */
const MAX_LINE_BYTES = 32 * 1024 ** 2;

/** Bytes that are read at once. */
const PIECE = 128 * 1024;

/** Lines up to so many bytes are kept parsed: a file that is gone through twice, as trees are, is then read once. */
const KEPT_BYTES = 8 * 1024 ** 2;

/** Largest file that is read: no larger rollout could be made of it. */
const MAX_BYTES = 2 * 1024 ** 3;

/** Bytes at the beginning within which a file says what it is. */
const BEGINNING_BYTES = 2 * MAX_LINE_BYTES;

/** Largest file that is read as a whole: it becomes one text. */
const MAX_WHOLE_BYTES = 512 * 1024 ** 2;

const NEWLINE = 0x0a;

/** A file of another agent. It is only ever read. */
export class ForeignFile {
  /** Absolute. */
  readonly path: string;
  readonly #bytes: Buffer | null;
  #kept: Foreign[] | null = null;
  /** Lines that could not be read, of the last time that all were gone through. */
  #damaged = 0;
  #long = 0;

  /** @param bytes what it holds, where it can be read once only */
  constructor(path: string, bytes: Buffer | null = null) {
    this.path = path;
    this.#bytes = bytes;
  }

  /** All of it. Throws. */
  whole(): Buffer {
    if (this.#bytes) return this.#bytes;
    const read = readRegular(this.path, MAX_WHOLE_BYTES);
    if (!read.ok) throw new Error(read.why);
    return read.bytes;
  }

  /** Its first bytes, as Latin-1; empty where there are fewer. Throws. */
  beginning(length: number): string {
    for (const part of this.#parts()) return part.toString("latin1", 0, length);
    return "";
  }

  /** The objects of its lines, in order; as often as it is wanted. Throws when it cannot be read. */
  *lines(): Generator<Foreign> {
    if (this.#kept) return yield* this.#kept;
    [this.#damaged, this.#long] = [0, 0];
    let kept: Foreign[] | null = [];
    let size = 0;
    for (const line of this.#raw()) {
      if (line.length === 0) continue;
      const value = parseObject(line.toString("utf8"));
      size += line.length;
      if (size > KEPT_BYTES) kept = null;
      if (value === null) this.#damaged++;
      else {
        kept?.push(value);
        yield value;
      }
    }
    this.#kept = kept;
  }

  /** Says what of its lines could not be read. */
  tell(losses: Losses): void {
    const lines = (count: number) => `${count} ${count === 1 ? "line" : "lines"}`;
    if (this.#damaged > 0) losses.warn(`${lines(this.#damaged)} damaged and left out`);
    if (this.#long > 0) losses.warn(`${lines(this.#long)} left out, longer than ${MAX_LINE_BYTES / 1024 ** 2} MiB`);
  }

  /** The first object near the beginning that `wanted` says yes to; no more is read than that takes. */
  first(wanted: (value: Foreign) => boolean = () => true): Foreign | null {
    for (const line of this.#raw(BEGINNING_BYTES)) {
      const value = parseObject(line.toString("utf8"));
      if (value !== null && wanted(value)) return value;
    }
    return null;
  }

  /** The file as one object, where it is one document and not lines; null: it is not. Only its first line decides that. */
  document(): Foreign | null {
    for (const line of this.#raw(BEGINNING_BYTES)) {
      const text = line.toString("utf8").trim();
      const first = parseObject(text);
      if (first === null ? !text.startsWith("{") : "type" in first || "timestamp" in first) return null;
      return first ?? parseObject(this.whole().toString("utf8"));
    }
    return null;
  }

  /** @param most bytes after which it ends */
  *#raw(most = Number.POSITIVE_INFINITY): Generator<Buffer> {
    yield* this.#split(upTo(this.#parts(), most));
  }

  *#parts(): Generator<Buffer> {
    if (this.#bytes) return yield this.#bytes;
    const opened = openRegular(this.path, MAX_BYTES);
    if (!opened.ok) throw new Error(opened.why);
    try {
      yield* pieces(opened.fd);
    } finally {
      closeSync(opened.fd);
    }
  }

  *#split(parts: Iterable<Buffer>): Generator<Buffer> {
    let rest: Buffer[] = [];
    let length = 0;
    for (const part of parts) {
      let from = 0;
      for (let at = part.indexOf(NEWLINE); at !== -1; at = part.indexOf(NEWLINE, from)) {
        const end = part.subarray(from, at);
        if (length + end.length > MAX_LINE_BYTES) this.#long++;
        else yield rest.length === 0 ? end : Buffer.concat([...rest, end]);
        [rest, length, from] = [[], 0, at + 1];
      }
      length += part.length - from;
      // Of a line that is too long only its length is kept.
      if (length > MAX_LINE_BYTES) rest = [];
      else if (from < part.length) rest.push(Buffer.from(part.subarray(from)));
    }
    if (length > MAX_LINE_BYTES) this.#long++;
    else if (length > 0) yield Buffer.concat(rest);
  }
}

/** A file in pieces; each is overwritten by the next. */
function* pieces(fd: number): Generator<Buffer> {
  const piece = Buffer.allocUnsafe(PIECE);
  for (let count = readPiece(fd, piece); count > 0; count = readPiece(fd, piece)) yield piece.subarray(0, count);
}

function* upTo(parts: Iterable<Buffer>, most: number): Generator<Buffer> {
  let left = most;
  for (const part of parts) {
    if (left <= 0) return;
    left -= part.length;
    yield part;
  }
}
