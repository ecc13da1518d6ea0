import {
  type EventBody,
  type Failure,
  NO_USAGE,
  SCHEMA_VERSION,
  type TurnContext,
  type Usage,
} from "../../protocol/index.ts";
import { putBlob } from "../blobs.ts";
import { Packer } from "../pack.ts";
import { blobsOf } from "../paths.ts";
import { StagedRollout } from "../write-whole.ts";
import type { ImportRecord, SourceThread } from "./contract.ts";

/** Where a thread's events go. */
export interface ThreadSink {
  put(at: string, body: EventBody): void;
  /** What the thread is called from here on. */
  name(at: string, name: string | null): void;
  /** Keeps the place of an event that is not complete yet; what comes after it waits until the function that it gives is called. */
  later(at: string): (body: EventBody) => void;
}

/** Turns what a reader says into the events of a thread. Returns how many turns it has. */
export function tellThread(source: SourceThread, moat_version: string, sink: ThreadSink): number {
  const { thread_id, started, cwd, forked_from } = source;
  const origin = forked_from === null ? {} : { forked_from };
  sink.put(started, {
    type: "thread.started",
    thread_id,
    schema_version: SCHEMA_VERSION,
    cwd,
    moat_version,
    ...origin,
  });
  const turns = new TurnTeller(thread_id, sink);
  for (const record of source.records) turns.take(record);
  return turns.finish();
}

class TurnTeller {
  readonly #thread_id: string;
  readonly #sink: ThreadSink;
  #turns = 0;
  #items = 0;
  #usage: Usage = NO_USAGE;
  #usageBefore: Usage = NO_USAGE;
  #turn_id: string | null = null;
  /** Writes the beginning of the last turn, whose context may still change. */
  #settle: (() => void) | null = null;
  #at = "";

  constructor(thread_id: string, sink: ThreadSink) {
    this.#thread_id = thread_id;
    this.#sink = sink;
  }

  take(record: ImportRecord): void {
    this.#at = record.at;
    switch (record.type) {
      case "turn.begun":
        this.#begin(record.turn);
        return;
      case "turn.ended":
        this.#end(record.failed);
        return;
      case "item":
        this.#sink.put(record.at, { type: "history.added", item: record.item });
        return;
      case "shown":
        this.#sink.put(record.at, {
          type: "item.completed",
          item: { id: `item_${this.#items++}`, ...record.body },
        });
        return;
      case "usage":
        this.#usage = record.usage;
        return;
      case "event":
        if (record.body.type === "turn.started") this.#turns++;
        this.#sink.put(record.at, record.body);
        return;
      case "named":
        this.#sink.name(record.at, record.name);
        return;
      case "history.replaced": {
        const { type, why, history } = record;
        this.#sink.put(record.at, { type, why, history, tokens_before: 0, tokens_after: 0 });
        return;
      }
    }
  }

  finish(): number {
    this.#end(null);
    this.#settle?.();
    this.#settle = null;
    return this.#turns;
  }

  #begin(turn: { context: TurnContext }): void {
    this.#end(null);
    this.#settle?.();
    const turn_id = `${this.#thread_id}:${++this.#turns}`;
    this.#turn_id = turn_id;
    const write = this.#sink.later(this.#at);
    this.#settle = () => write({ type: "turn.started", turn_id, context: turn.context });
  }

  #end(failed: string | null): void {
    const turn_id = this.#turn_id;
    if (turn_id === null) return;
    this.#turn_id = null;
    const counts = { usage: this.#usage, turn_usage: difference(this.#usage, this.#usageBefore) };
    this.#usageBefore = this.#usage;
    const error: Failure = { kind: "interrupted", message: failed ?? "", retryable: false };
    if (failed === null) this.#sink.put(this.#at, { type: "turn.completed", turn_id, ...counts });
    else this.#sink.put(this.#at, { type: "turn.failed", turn_id, error, ...counts });
  }
}

/** What was used since `before`. */
export function difference(total: Usage, before: Usage): Usage {
  const entries = Object.entries(total).map(([key, value]) => [key, value - before[key as keyof Usage]]);
  return { ...total, ...Object.fromEntries(entries) };
}

/** Writes a thread: whole, or not at all. Returns how many turns it has. */
export function writeThread(path: string, source: SourceThread, moat_version: string, date: () => Date): number {
  // One import runs at a time (`importer`): what lies there is of one that was killed.
  const staged = new StagedRollout(path, `${path}.part`);
  try {
    const turns = tellThread(source, moat_version, new PackedSink(staged, path, date));
    staged.commit();
    return turns;
  } catch (error) {
    staged.abandon();
    throw error;
  }
}

/** Packs events into the lines of a rollout. */
class PackedSink implements ThreadSink {
  readonly #staged: StagedRollout;
  readonly #packer: Packer;
  #seq = 0;
  /** Lines behind an event that is not complete; null: there is none. */
  #waiting: string[] | null = null;

  constructor(staged: StagedRollout, path: string, date: () => Date) {
    this.#staged = staged;
    this.#packer = new Packer((text) => putBlob(blobsOf(path), text, date()), null);
  }

  put(at: string, body: EventBody): void {
    this.#line(this.#pack(this.#seq++, at, body));
  }

  name(timestamp: string, name: string | null): void {
    this.#line(JSON.stringify({ timestamp, type: "thread.named", name }));
  }

  #line(line: string): void {
    if (this.#waiting) this.#waiting.push(line);
    else this.#staged.line(line);
  }

  later(at: string): (body: EventBody) => void {
    const seq = this.#seq++;
    const behind: string[] = [];
    this.#waiting = behind;
    return (body) => {
      this.#staged.line(this.#pack(seq, at, body));
      for (const line of behind) this.#staged.line(line);
      this.#waiting = null;
    };
  }

  #pack(seq: number, at: string, body: EventBody): string {
    const packed = this.#packer.pack({ seq, ...body }, at);
    packed.written();
    return packed.text;
  }
}
