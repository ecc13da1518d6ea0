import type { Event } from "../protocol/index.ts";

/** Events that may wait for a slow reader before the writer waits too. A delta that merges takes no place. */
const CAPACITY = 256;
/** Bytes of one merged delta; a longer one would hide a reader that does not keep up. */
const MAX_MERGED_DELTA = 64 * 1024;

/**
 * From the core to one front end. Nothing is ever dropped: adjacent deltas of one item merge while the reader sleeps, and
 * a writer that is ahead waits in `ready`. Once the reader has gone, writing is free of effect.
 */
export class Channel implements AsyncIterable<Event> {
  #queue: Event[] = [];
  #closed = false;
  #abandoned = false;
  #wakeReader: (() => void) | null = null;
  #wakeWriters: (() => void)[] = [];

  push(event: Event): void {
    if (this.#closed || this.#abandoned) return;
    this.#queue.push(event);
    this.#wakeReader?.();
  }

  /** Adds a delta to the last waiting event when that is one of the same item; so a merged delta needs no number. */
  merge(item_id: string, delta: string): boolean {
    const last = this.#queue.at(-1);
    if (last?.type !== "item.delta" || last.item_id !== item_id || last.delta.length >= MAX_MERGED_DELTA) return false;
    last.delta += delta;
    return true;
  }

  /** null when there is room; else resolves when there is. */
  ready(): Promise<void> | null {
    if (this.#queue.length < CAPACITY || this.#abandoned) return null;
    return new Promise((resolve) => this.#wakeWriters.push(resolve));
  }

  /** No further events; the reader still gets those that wait. */
  close(): void {
    this.#closed = true;
    this.#wakeReader?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event> {
    try {
      while (true) {
        const batch = this.#queue;
        this.#queue = [];
        for (const wake of this.#wakeWriters.splice(0)) wake();
        yield* batch;
        if (this.#queue.length > 0) continue;
        if (this.#closed) return;
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
        this.#wakeReader = null;
      }
    } finally {
      this.#abandoned = true;
      for (const wake of this.#wakeWriters.splice(0)) wake();
    }
  }
}
