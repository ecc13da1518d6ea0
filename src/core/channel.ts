import type { Event } from "../protocol/index.ts";

/** Events that may wait for a slow reader before the writer waits too, or gives it up. A delta that merges takes no place. */
const CAPACITY = 256;
/** Bytes of one merged delta; a longer one would hide a reader that does not keep up. */
const MAX_MERGED_DELTA = 64 * 1024;

/** What happens when a reader's places are taken: the thread waits for it, or it gets no more. */
export type Patience = "waited_for" | "cut_off";

/** Who reads a thread's events. Iterating takes them, in order; leaving the loop ends the reading. */
export interface EventReader extends AsyncIterable<Event> {
  /**
   * `seq` of the first event that a reader who was cut off did not get; null: none was kept from it. It is cut off when its
   * buffer is full: it still gets what waits, and then its events are over.
   */
  readonly missed_from: number | null;
  /** From now on nothing comes of what commands print while they print it: for who only looks at finished items. */
  skipOutput(): void;
}

type Delta = Extract<Event, { type: "item.delta" }>;

/** From the core to one reader. Nothing in between is ever dropped: adjacent deltas of one item merge while the reader sleeps. */
export class Channel implements EventReader {
  readonly #patience: Patience;
  readonly #leave: (channel: Channel) => void;
  #queue: Event[] = [];
  /** No further events come in. */
  #closed = false;
  #missed_from: number | null = null;
  #skips_output = false;
  #wakeReader: (() => void) | null = null;
  #wakeWriters: (() => void)[] = [];

  /** @param leave called once the reader has gone or was cut off */
  constructor(patience: Patience, leave: (channel: Channel) => void) {
    this.#patience = patience;
    this.#leave = leave;
  }

  get missed_from(): number | null {
    return this.#missed_from;
  }

  get hears_output(): boolean {
    return !this.#skips_output && !this.#closed;
  }

  skipOutput(): void {
    this.#skips_output = true;
  }

  /** Adds an event, which must be this reader's own when it is a delta. A reader that is not waited for and has no place is cut off. */
  add(event: Event): void {
    if (this.#closed || (event.type === "item.delta" && (this.#skips(event) || this.#grow(event)))) return;
    if (this.#patience === "cut_off" && this.#queue.length >= CAPACITY) {
      this.#missed_from = event.seq;
      this.close();
      this.#leave(this);
      return;
    }
    this.#queue.push(event);
    this.#wakeReader?.();
  }

  /**
   * Adds text of the thread itself to the delta that waits, when that is one of the same item. It needs no number: no other
   * reader may have got it with one.
   */
  merge(item_id: string, text: string): boolean {
    const last = this.#growing(item_id, undefined);
    if (last !== null) last.delta += text;
    return last !== null;
  }

  /** The same for a delta that has its number: the waiting one stands for both from then on. */
  #grow(delta: Delta): boolean {
    const last = this.#growing(delta.item_id, delta.thread_id);
    if (last === null) return false;
    last.merged = delta.seq - last.seq + (last.merged ?? 0);
    last.seq = delta.seq;
    last.delta += delta.delta;
    return true;
  }

  #skips({ item_type }: Delta): boolean {
    return this.#skips_output && item_type === "command_execution";
  }

  /** The delta that waits last, when text of this item can be added to it. */
  #growing(item_id: string, thread_id: string | undefined): Delta | null {
    const last = this.#queue.at(-1);
    if (last?.type !== "item.delta" || last.item_id !== item_id || last.thread_id !== thread_id) return null;
    return last.delta.length < MAX_MERGED_DELTA ? last : null;
  }

  /** null when the writer need not wait; else resolves when there is room. */
  ready(): Promise<void> | null {
    if (this.#queue.length < CAPACITY || this.#closed || this.#patience === "cut_off") return null;
    return new Promise((resolve) => this.#wakeWriters.push(resolve));
  }

  /** No further events; the reader still gets those that wait. */
  close(): void {
    this.#closed = true;
    this.#wakeReader?.();
    this.#letWrite();
  }

  #letWrite(): void {
    for (const wake of this.#wakeWriters.splice(0)) wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event> {
    try {
      while (true) {
        const batch = this.#queue;
        this.#queue = [];
        this.#letWrite();
        yield* batch;
        if (this.#queue.length > 0) continue;
        if (this.#closed) return;
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
        this.#wakeReader = null;
      }
    } finally {
      this.#queue = [];
      this.close();
      this.#leave(this);
    }
  }
}
