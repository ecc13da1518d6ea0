import { readRegular } from "../base/index.ts";
import { getBlob } from "./blobs.ts";
import { current, itemText, type LineHead, REFERENCE, type RolloutLine, readHead } from "./line.ts";
import { blobsOf } from "./paths.ts";
import { isUsable } from "./shape.ts";
import { type Sources, unpack } from "./unpack.ts";

/** A place of a rollout that could not be read. Everything else was. */
export interface Damage {
  /** Counted from 1. */
  line: number;
  reason: string;
}

/** A line of a rollout whose start was read; the rest is decoded and parsed when it is asked for. */
export interface RawLine {
  /** Counted from 1. */
  number: number;
  head: LineHead;
  text(): string;
}

/** Bytes at the start of a line that hold its timestamp, seq and type, in every line that we write. */
const HEAD_BYTES = 160;
const NEWLINE = 0x0a;
const CLOSING_BRACE = 0x7d;

/** A rollout in memory: its lines, and what they refer to. */
export class Rollout {
  readonly lines: RawLine[] = [];
  readonly damaged: Damage[] = [];
  /** Size of the file. */
  readonly bytes: number;
  readonly #blobs: string;
  readonly #bySeq = new Map<number, RawLine>();
  readonly #parsed = new Map<RawLine, RolloutLine | null>();

  /** @param content what the file holds, where it was read already. Throws when it cannot be read. */
  constructor(path: string, content?: Buffer) {
    this.#blobs = blobsOf(path);
    const bytes = content ?? readWhole(path);
    this.bytes = bytes.length;
    for (let from = 0, number = 1; from < bytes.length; number++) {
      const newline = bytes.indexOf(NEWLINE, from);
      const to = newline === -1 ? bytes.length : newline;
      if (to > from) this.#add(number, bytes.subarray(from, to));
      from = to + 1;
    }
  }

  #add(number: number, bytes: Buffer): void {
    const text = () => bytes.toString("utf8");
    const whole = bytes.at(-1) === CLOSING_BRACE;
    const head = whole ? (readHead(bytes.toString("latin1", 0, HEAD_BYTES)) ?? headOf(parse(text()))) : null;
    if (!head) {
      this.damaged.push({ line: number, reason: "not a whole line of JSON: the process was killed while it wrote" });
      return;
    }
    const line = { number, text, head };
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
    const value = parse(text);
    if (!value)
      this.damaged.push({ line: line.number, reason: "not JSON: the file was changed or the disk lost a part" });
    // Only what others can refer to is worth keeping.
    if (!value || REFERRED.has(line.head.type)) this.#parsed.set(line, value);
    return value;
  }

  #sources(line: RawLine): Sources {
    const target = (seq: number) => {
      const found = this.#bySeq.get(seq);
      return found && found.number < line.number ? this.#packed(found, found.text()) : null;
    };
    return {
      blob: (hash) => getBlob(this.#blobs, hash),
      text: (seq) => itemText(target(seq) ?? { type: "" }),
      item: (seq) => {
        const event = target(seq);
        return event?.type === "history.added" ? event.item : null;
      },
      lost: (reason) => {
        const known = this.damaged.some((damage) => damage.line === line.number && damage.reason === reason);
        if (!known) this.damaged.push({ line: line.number, reason });
      },
    };
  }
}

/** Largest rollout that is read: it is held in memory, and a buffer has at most 4 GiB. */
const MAX_BYTES = 2 * 1024 ** 3;

function readWhole(path: string): Buffer {
  const read = readRegular(path, MAX_BYTES);
  if (read.ok) return read.bytes;
  throw Object.assign(new Error(`${path}: ${read.why}`), { code: read.code });
}

const REFERRED = new Set(["item.completed", "history.added"]);

function parse(text: string): RolloutLine | null {
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
function headOf(line: RolloutLine | null): LineHead | null {
  if (typeof line?.type !== "string") return null;
  const seq = "seq" in line && typeof line.seq === "number" ? line.seq : null;
  return { timestamp: String(line.timestamp ?? ""), seq, type: line.type };
}

/** Everything readable of a rollout, in order, and what was not: a torn last line is normal after a crash. */
export function readRollout(path: string, content?: Buffer): { lines: RolloutLine[]; damaged: Damage[] } {
  const rollout = new Rollout(path, content);
  const lines = rollout.lines.map((line) => rollout.event(line)).filter((line) => line !== null);
  return { lines, damaged: rollout.damaged };
}
