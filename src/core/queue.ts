import type { InputPart } from "../protocol/index.ts";

/** Does the work of a turn. `leave`: the turn is over; what the user says from now on is meant for the next one. */
export type QueuedTurn = (abort: AbortController, leave: () => void) => Promise<void>;

/** The turns of a thread, one after another, and what the user says while they run. */
export class TurnQueue {
  /** Of the turns that run or wait. */
  readonly #open = new Set<AbortController>();
  #closing = false;
  #last: Promise<void> = Promise.resolve();
  #steered: InputPart[][] = [];

  /** A turn runs or is about to. */
  get busy(): boolean {
    return this.#open.size > 0;
  }

  /** Puts a turn behind all others. Once the thread ends, there are no more. */
  add(run: QueuedTurn): void {
    if (this.#closing) return;
    const abort = new AbortController();
    this.#open.add(abort);
    this.#last = this.#last.then(() => run(abort, () => this.#open.delete(abort)));
  }

  /** Does something while no turn runs: at once, or behind those that run or wait. */
  between(work: () => void): void {
    if (this.#closing) return;
    if (!this.busy) work();
    else this.#last = this.#last.then(work);
  }

  /** Aborts every turn that runs or waits. */
  interrupt(): void {
    for (const turn of this.#open) turn.abort();
  }

  /** Keeps what is said while a turn runs, until the turn takes it. */
  steer(input: InputPart[]): void {
    this.#steered.push(input);
  }

  /** What was said meanwhile, once. */
  takeSteered(): InputPart[][] {
    return this.#steered.splice(0);
  }

  /** Interrupts everything, and does this last. */
  close(end: () => Promise<void>): void {
    this.interrupt();
    this.#closing = true;
    this.#last = this.#last.then(end);
  }
}
