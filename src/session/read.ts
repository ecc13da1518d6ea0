import { getBlob } from "./blobs.ts";
import { type Content, FileWindow, inMemory } from "./file-window.ts";
import { current, itemText, REFERENCE, type RolloutLine, readHead } from "./line.ts";
import { blobsOf } from "./paths.ts";
import { isUsable } from "./shape.ts";
import { type Sources, unpack } from "./unpack.ts";

/** A place of a rollout that could not be read. Everything else was. */
export interface Damage {
  /** Counted from 1. */
  line: number;
  reason: string;
}

/** A line of a rollout whose start was read; the rest is read and parsed when it is asked for. */
export class RawLine {
  /** Counted from 1. */
  readonly number: number;
  readonly seq: number | null;
  readonly type: string;
  readonly #content: Content;
  readonly #from: number;
  readonly #to: number;

  constructor(number: number, head: { seq: number | null; type: string }, content: Content, from: number, to: number) {
    this.number = number;
    this.seq = head.seq;
    this.type = head.type;
    this.#content = content;
    this.#from = from;
    this.#to = to;
  }

  text(): string {
    return this.#content.bytes(this.#from, this.#to).toString("utf8");
  }
}

/** Bytes at the start of a line that hold its timestamp, seq and type, in every line that we write. */
const HEAD_BYTES = 160;
const NEWLINE = 0x0a;
const CLOSING_BRACE = 0x7d;
/** Bytes that are looked through between two chances to do something else: some ms of work. */
const SLICE = 128 * 1024;
/** Parsed lines that are kept for those that refer to them. */
const KEPT = 200;

/** What does its work in slices: between two of them other things can be done. */
export type InSlices<T> = Generator<undefined, T>;

/** The result of work in slices, without a break. */
export function atOnce<T>(work: InSlices<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** A rollout: its lines, and what they refer to. What a line says is in memory while it is looked at. */
export class Rollout {
  readonly lines: RawLine[] = [];
  readonly damaged: Damage[] = [];
  /** Size of the file. */
  readonly bytes: number;
  readonly #blobs: string;
  readonly #content: Content;
  readonly #bySeq = new Map<number, RawLine>();
  readonly #parsed = new Map<RawLine, RolloutLine | null>();
  readonly #types = new Map<string, string>();

  private constructor(path: string, content: Content) {
    this.#blobs = blobsOf(path);
    this.#content = content;
    this.bytes = content.size;
  }

  /** @param content what the file holds, where it was read already. Throws when it cannot be read. */
  static of(path: string, content?: Buffer): Rollout {
    return atOnce(Rollout.inSlices(path, content));
  }

  static *inSlices(path: string, content?: Buffer): InSlices<Rollout> {
    const rollout = new Rollout(path, content === undefined ? new FileWindow(path) : inMemory(content));
    yield* rollout.#read();
    return rollout;
  }

  *#read(): InSlices<void> {
    const { size } = this.#content;
    for (let from = 0, number = 1, slice = SLICE; from < size; number++) {
      const to = endOfLine(this.#content, from);
      if (to > from) this.#add(number, from, to);
      from = to + 1;
      if (from < slice) continue;
      slice = from + SLICE;
      yield;
    }
  }

  #add(number: number, from: number, to: number): void {
    const head = headIn(this.#content.bytes(from, to));
    if (!head) {
      this.damaged.push({ line: number, reason: "not a whole line of JSON: the process was killed while it wrote" });
      return;
    }
    // A part of a text holds all of it in memory: each type is kept once.
    const type = this.#types.get(head.type) ?? head.type;
    this.#types.set(type, type);
    const line = new RawLine(number, { seq: head.seq, type }, this.#content, from, to);
    this.lines.push(line);
    if (head.seq !== null) this.#bySeq.set(head.seq, line);
  }

  /** The line with its references put back; null, and a note in `damaged`, when it is no JSON. */
  event(line: RawLine): RolloutLine | null {
    const text = line.text();
    const value = this.#packed(line, text);
    return value && REFERENCE.test(text) ? (unpack(value, this.#sources(line)) as RolloutLine) : value;
  }

  #packed(line: RawLine, text: string): RolloutLine | null {
    const known = this.#parsed.get(line);
    if (known !== undefined) return known;
    const value = parsedLine(text);
    if (!value) this.#note(line, "not JSON: the file was changed or the disk lost a part");
    // Only what others can refer to is worth keeping.
    if (!value || REFERRED.has(line.type)) this.#keep(line, value);
    return value;
  }

  #keep(line: RawLine, value: RolloutLine | null): void {
    this.#parsed.set(line, value);
    const [oldest] = this.#parsed.keys();
    if (this.#parsed.size > KEPT && oldest) this.#parsed.delete(oldest);
  }

  #note({ number }: RawLine, reason: string): void {
    const known = this.damaged.some((damage) => damage.line === number && damage.reason === reason);
    if (!known) this.damaged.push({ line: number, reason });
  }

  #sources(line: RawLine): Sources {
    const target = (seq: number) => {
      const found = this.#bySeq.get(seq);
      return found && found.number < line.number ? this.#packed(found, found.text()) : null;
    };
    return sourcesOf(target, this.#blobs, (reason) => this.#note(line, reason));
  }
}

/** What a line says of itself at its start; null: it was cut off. */
export function headIn(bytes: Buffer): { seq: number | null; type: string } | null {
  if (bytes.at(-1) !== CLOSING_BRACE) return null;
  return readHead(bytes.toString("latin1", 0, HEAD_BYTES)) ?? headOf(parsedLine(bytes.toString("utf8")));
}

/** Where the line that ends here begins. */
export function startOfLine(content: Content, end: number): number {
  for (let length = 4096; ; length *= 4) {
    const from = Math.max(0, end - length);
    const at = content.bytes(from, end).lastIndexOf(NEWLINE);
    if (at !== -1) return from + at + 1;
    if (from === 0) return 0;
  }
}

/** Where the line that begins here ends: at its line break, or at the end of what there is. */
export function endOfLine(content: Content, from: number): number {
  for (let length = 4096; ; length *= 4) {
    const to = Math.min(content.size, from + length);
    const at = content.bytes(from, to).indexOf(NEWLINE);
    if (at !== -1) return from + at;
    if (to === content.size) return to;
  }
}

/** What lines refer to. `target`: an earlier line by its seq, as it is written. */
export function sourcesOf(
  target: (seq: number) => RolloutLine | null,
  blobs: string,
  lost: (reason: string) => void,
): Sources {
  return {
    blob: (hash) => getBlob(blobs, hash),
    text: (seq) => itemText(target(seq) ?? { type: "" }),
    item: (seq) => {
      const event = target(seq);
      return event?.type === "history.added" ? event.item : null;
    },
    lost,
  };
}

const REFERRED = new Set(["item.completed", "history.added"]);

/** A line as it is written; null: it is none. */
export function parsedLine(text: string): RolloutLine | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return null;
    const line = current(value as Record<string, unknown>);
    return isUsable(line) ? (line as RolloutLine) : null;
  } catch {
    return null;
  }
}

/** The start of a line that somebody else wrote or edited. */
function headOf(line: RolloutLine | null): { seq: number | null; type: string } | null {
  if (typeof line?.type !== "string") return null;
  return { seq: "seq" in line && typeof line.seq === "number" ? line.seq : null, type: line.type };
}

/** Everything readable of a rollout, in order, and what was not: a torn last line is normal after a crash. */
export function readRollout(path: string, content?: Buffer): { lines: RolloutLine[]; damaged: Damage[] } {
  const rollout = Rollout.of(path, content);
  const lines = rollout.lines.map((line) => rollout.event(line)).filter((line) => line !== null);
  return { lines, damaged: rollout.damaged };
}
