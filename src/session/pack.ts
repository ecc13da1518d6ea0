import type { Event } from "../protocol/index.ts";
import { isReserved, itemText, type TextPart } from "./line.ts";

/** UTF-16 units above which a text goes to the blob store. Commands that print more are rare; people still read the file. */
const BIG_TEXT = 64 * 1024;
/** The same for data URLs: nobody reads those. Below it, the reference would cost about as much as it saves. */
const BIG_DATA_URL = 1024;
/** Shortest run that is worth a reference to an earlier line. */
const SHORTEST_REPEAT = 512;
/** Text of completed items that is kept to recognise it in the history: one command's output at its cap, four times. */
const REMEMBERED = 4 * 1024 * 1024;
/** Units at both ends of a text by which it is found inside another. */
const PROBE = 64;

interface Remembered {
  seq: number;
  text: string;
}

/** A line that is ready to be written, and what to call once it has been. */
interface Packed {
  text: string;
  written(): void;
}

/** Stores a text that is too big for a line; returns its hash. */
export type PutBlob = (text: string) => string;

/**
 * Turns events into lines. The same words reach a rollout several times: what a command printed is in its item and in
 * the output for the model, what was said before a compaction is there again after it. Each is written once and referred
 * to afterwards; big values go to the blob store.
 */
export class Packer {
  readonly #put: PutBlob;
  readonly #load: () => Map<string, number>;
  /** Hash of a history item → seq of the line that added it. Holds the current history but what is in `#added`; null until it is needed. */
  #history: Map<string, number> | null;
  /** What came to the history since, by the seq of its line: hashed when a compaction asks. */
  readonly #added = new Map<number, unknown>();
  #texts: Remembered[] = [];

  /** `load` reads what an existing rollout holds of the current history; null for a new one. */
  constructor(put: PutBlob, load: (() => Map<string, number>) | null) {
    this.#put = put;
    this.#load = load ?? (() => new Map());
    this.#history = load ? null : new Map();
  }

  pack(event: Event, timestamp: string): Packed {
    const head = { timestamp, seq: event.seq, type: event.type };
    if (event.type === "history.replaced") return this.#packReplaced(event, head);
    const written = () => this.#remember(event);
    const texts = event.type === "history.added" ? this.#texts : [];
    const packed = staysAsItIs(event) ? event : (this.#packValue(event, texts) as object);
    return { text: JSON.stringify({ ...head, ...packed }), written };
  }

  #packReplaced({ why, ...event }: Extract<Event, { type: "history.replaced" }>, head: object): Packed {
    const known = this.#history ?? this.#load();
    for (const [seq, item] of this.#added) known.set(hashItem(item), seq);
    const kept = new Map<string, number>();
    const history = event.history.map((item) => {
      const hash = hashItem(item);
      const seq = known.get(hash);
      if (seq === undefined) return this.#packValue(item, []);
      kept.set(hash, seq);
      return { $item: seq };
    });
    const written = () => {
      this.#history = kept;
      this.#added.clear();
    };
    const reason = why === "compacted" ? {} : { why };
    return { text: JSON.stringify({ ...head, ...reason, ...event, history }), written };
  }

  #remember(event: Event): void {
    if (event.type === "history.added") this.#added.set(event.seq, event.item);
    if (event.type === "turn.completed" || event.type === "turn.failed") this.#texts = [];
    const text = itemText(event);
    if (typeof text !== "string" || text.length < SHORTEST_REPEAT) return;
    this.#texts.push({ seq: event.seq, text });
    for (let total = this.#texts.reduce((sum, one) => sum + one.text.length, 0); total > REMEMBERED; ) {
      total -= this.#texts.shift()?.text.length ?? total;
    }
  }

  #packValue(value: unknown, texts: Remembered[]): unknown {
    if (typeof value === "string") return this.#packText(value, texts);
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((one) => this.#packValue(one, texts));
    if (isReserved(value)) {
      const json = JSON.stringify(value);
      return { $blob: this.#put(json), bytes: Buffer.byteLength(json), json: true };
    }
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.#packValue(one, texts)]));
  }

  #packText(text: string, texts: Remembered[]): unknown {
    if (text.length < SHORTEST_REPEAT) return text;
    const parts = findRepeat(text, texts);
    if (parts) return { $join: parts.map((part) => (typeof part === "string" ? this.#packBig(part) : part)) };
    return this.#packBig(text);
  }

  #packBig(text: string): TextPart {
    const limit = text.startsWith("data:") ? BIG_DATA_URL : BIG_TEXT;
    // A lone surrogate has no UTF-8 form; JSON can write it.
    if (text.length <= limit || !text.isWellFormed()) return text;
    return { $blob: this.#put(text), bytes: Buffer.byteLength(text) };
  }
}

/** Whether nothing in a value is written in another form: so with most events, which are not made into others then. */
function staysAsItIs(value: unknown): boolean {
  if (typeof value === "string") return value.length < SHORTEST_REPEAT;
  if (typeof value !== "object" || value === null) return true;
  return !isReserved(value) && Object.values(value).every(staysAsItIs);
}

/** Identifies a history item by its JSON text, which is the same after a resume: the reader keeps the order of keys. */
export function hashItem(item: unknown): string {
  return new Bun.CryptoHasher("sha256").update(JSON.stringify(item)).digest("base64");
}

/**
 * The text as pieces of one remembered text and what stands around them; null when none is in it. The model may have
 * been given the beginning and the end only, so both ends are looked for.
 */
function findRepeat(text: string, texts: Remembered[]): TextPart[] | null {
  for (const { seq, text: source } of texts.toReversed()) {
    const at = text.indexOf(source.slice(0, PROBE));
    if (at === -1) continue;
    const head = runForward(text, at, source);
    if (head < SHORTEST_REPEAT) continue;
    const [before, after] = [text.slice(0, at), text.slice(at + head)];
    const tail = head === source.length ? null : findTail(after, source, head);
    const parts: TextPart[] = tail
      ? [before, { seq, start: 0, end: head }, tail.before, { seq, start: tail.start, end: source.length }, tail.after]
      : [before, { seq, start: 0, end: head }, after];
    return parts.filter((part) => part !== "");
  }
  return null;
}

function findTail(text: string, source: string, from: number): { before: string; start: number; after: string } | null {
  const probe = source.slice(-PROBE);
  const at = text.lastIndexOf(probe);
  if (at === -1) return null;
  const end = at + probe.length;
  let length = 0;
  while (length < Math.min(end, source.length - from)) {
    if (text.charCodeAt(end - length - 1) !== source.charCodeAt(source.length - length - 1)) break;
    length++;
  }
  if (length < SHORTEST_REPEAT) return null;
  return { before: text.slice(0, end - length), start: source.length - length, after: text.slice(end) };
}

function runForward(text: string, at: number, source: string): number {
  const most = Math.min(source.length, text.length - at);
  let length = 0;
  while (length < most && text.charCodeAt(at + length) === source.charCodeAt(length)) length++;
  return length;
}
