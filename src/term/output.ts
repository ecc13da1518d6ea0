/** Takes the first bytes, returns how many; 0: none now. Throws when the terminal is gone. */
export type Write = (bytes: Uint8Array) => number;

/** ms between two tries to write to a terminal that is full: a frame at first, then less and less often. */
const RETRY_MS = { first: 4, most: 100 };
/** ms that a program which ends waits for a terminal to take its last bytes. */
const LAST_WAIT_MS = 300;

/** Runs something so many ms later. */
export type Later = (run: () => void, ms: number) => void;

/**
 * The way to a terminal that may be slow: what it does not take is kept and written as soon as it can be. Nothing of it waits in a
 * write. While something is kept a timer runs, else none.
 */
export class Output {
  readonly #write: Write;
  readonly #later: Later;
  #kept: Uint8Array[] = [];
  #isWaiting = false;
  #gone = false;
  /** Called when a terminal that was full has taken everything. */
  onDrained: (() => void) | null = null;

  constructor(write: Write, later: Later = setTimeout) {
    this.#write = write;
    this.#later = later;
  }

  /** Everything that was sent has been taken, or nobody is there to take it. */
  get drained(): boolean {
    return this.#kept.length === 0;
  }

  /** The terminal was closed; what is sent goes nowhere. */
  get gone(): boolean {
    return this.#gone;
  }

  send(text: string): void {
    if (text === "" || this.#gone) return;
    this.#kept.push(new TextEncoder().encode(text));
    if (!this.#isWaiting && !this.#take()) this.#retry(RETRY_MS.first);
  }

  /** Writes what is kept and `text` before it returns, for as long as a person would wait who leaves. */
  flush(text = ""): void {
    if (text !== "") this.#kept.push(new TextEncoder().encode(text));
    for (let waited = 0; !this.#take() && waited < LAST_WAIT_MS; waited += RETRY_MS.first)
      Bun.sleepSync(RETRY_MS.first);
  }

  /** Writes what can be written; true when nothing is left. */
  #take(): boolean {
    try {
      for (let next = this.#kept[0]; next !== undefined; next = this.#kept[0]) {
        const count = this.#write(next);
        if (count === 0) return false;
        if (count < next.length) this.#kept[0] = next.subarray(count);
        else this.#kept.shift();
      }
    } catch {
      this.#gone = true;
      this.#kept = [];
    }
    return true;
  }

  #retry(ms: number): void {
    this.#isWaiting = true;
    this.#later(() => {
      const before = this.#left();
      this.#isWaiting = false;
      if (this.#take()) this.onDrained?.();
      else this.#retry(this.#left() < before ? RETRY_MS.first : Math.min(RETRY_MS.most, ms * 2));
    }, ms);
  }

  #left(): number {
    return this.#kept.reduce((sum, { length }) => sum + length, 0);
  }
}
