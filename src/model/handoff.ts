/**
 * Passes batches from one writer to one reader. The reader takes all that is there as one batch; the writer waits once
 * more than `capacity` entries lie there, so that a slow reader slows the socket down instead of filling memory.
 */
export class Handoff<T> {
  readonly #capacity: number;
  #pending: T[] = [];
  #ended = false;
  #wake: (() => void) | null = null;
  #room: (() => void) | null = null;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Adds entries; the array is the handoff's from then on. A promise comes back only when the writer should wait. */
  push(entries: T[]): Promise<void> | null {
    if (this.#ended) return null;
    if (this.#pending.length === 0) this.#pending = entries;
    else for (const entry of entries) this.#pending.push(entry);
    this.#wake?.();
    if (this.#pending.length <= this.#capacity) return null;
    return new Promise((resolve) => {
      this.#room = resolve;
    });
  }

  /** No more will come. What lies there can still be taken; a waiting writer goes on. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
    this.#room?.();
  }

  /** The batches, until the end. */
  async *batches(): AsyncGenerator<T[], void, undefined> {
    for (;;) {
      if (this.#pending.length > 0) {
        const batch = this.#pending;
        this.#pending = [];
        this.#room?.();
        this.#room = null;
        yield batch;
      } else if (this.#ended) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = null;
      }
    }
  }
}
