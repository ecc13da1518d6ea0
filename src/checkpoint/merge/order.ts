import type { JournalRecord } from "../format/record.ts";
import { EpochRecords } from "./journal.ts";
import { readNote, type StateNote } from "./note-file.ts";
import type { Segment } from "./segment.ts";
import type { NameTouch } from "./state.ts";

/** A segment whose time has come: its records, then its note. */
export class OpenSegment implements Disposable {
  readonly segment: Segment;
  /** How things were when it was closed; null: not closed yet. */
  readonly note: StateNote | null;
  /** What comes next; null: nothing but the note, or nothing at all. */
  record: JournalRecord | null;
  /** The record before this one that is not of a name. */
  before: JournalRecord | null = null;
  /** Where there is a note: of each name in the journal, in its order, what it meant, and its key; null: it is no name. */
  readonly names: ({ key: string; touch: NameTouch } | null)[] = [];
  readonly #records: EpochRecords;
  #ended = false;

  constructor(segment: Segment) {
    this.segment = segment;
    this.note = readNote(segment.directory, segment.epoch);
    this.#records = new EpochRecords(segment);
    this.record = this.#records.next();
  }

  /** When what comes next was; null: it is at its end. */
  get time(): bigint | null {
    return this.record?.time ?? (this.#ended ? null : (this.note?.time ?? null));
  }

  advance(): void {
    if (this.record?.type !== "name") this.before = this.record;
    if (this.record) this.record = this.#records.next();
    else this.#ended = true;
  }

  /** At the end: nothing of the journal is missing. */
  get complete(): boolean {
    return this.#records.complete;
  }

  [Symbol.dispose](): void {
    this.#records[Symbol.dispose]();
  }
}

/** What is done with the segments of one step. */
interface Visitor {
  /** A record, while `at` stands at it. */
  record(record: JournalRecord, at: OpenSegment): void;
  /** All records of a segment that were before its note were there. */
  note(note: StateNote, at: OpenSegment): void;
  /** Of a segment nothing is left. */
  end(at: OpenSegment): void;
}

/**
 * Reads segments in the order of time: their calls may have run beside each other. Few are open at a time, as most calls come one
 * after the other. What has the same time stays in the order of the segments.
 */
export function eachInOrder(segments: readonly Segment[], visitor: Visitor): void {
  const waiting = segments
    .map((segment, index) => ({ segment, index }))
    .sort((a, b) => compare(a.segment.began, b.segment.began));
  const open: { at: OpenSegment; index: number }[] = [];
  let opened = 0;
  try {
    for (;;) {
      let first = earliest(open);
      for (let next = waiting[opened]; next; next = waiting[opened]) {
        if (first && (first.at.time === null || next.segment.began > first.at.time)) break;
        opened++;
        open.push({ at: new OpenSegment(next.segment), index: next.index });
        first = earliest(open);
      }
      if (!first) return;
      visit(first.at, visitor);
      if (first.at.time !== null) continue;
      open.splice(open.indexOf(first), 1);
      first.at[Symbol.dispose]();
    }
  } finally {
    for (const { at } of open) at[Symbol.dispose]();
  }
}

function visit(at: OpenSegment, visitor: Visitor): void {
  const { record, note, time } = at;
  if (record) visitor.record(record, at);
  else if (note && time !== null) visitor.note(note, at);
  at.advance();
  if (at.time === null) visitor.end(at);
}

/** Of those that are open, the one with the earliest record. One that has nothing at all comes first, and goes. */
function earliest(open: readonly { at: OpenSegment; index: number }[]): { at: OpenSegment; index: number } | null {
  let best: { at: OpenSegment; index: number } | null = null;
  for (const each of open) {
    const order = best === null ? -1 : compare(each.at.time ?? -1n, best.at.time ?? -1n) || each.index - best.index;
    if (order < 0) best = each;
  }
  return best;
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
