/**
 * How long a question is on the screen before a key answers it, in ms: longer than the pause between two keys of a person who
 * types without looking, as browsers hold back the buttons of their permission dialogs.
 */
export const ON_SCREEN_MS = 400;

/** After a process stood still, what was typed meanwhile is read within this time, in ms, and counts as early. */
const DRAIN_MS = 20;

/**
 * The time that a question is on the screen before it may be answered. It is over when a timer says so, not when the clock does:
 * a process that stood still finds the time gone, and keys to read that came before anybody could read the question.
 */
export class ReadingTime {
  #timer: Timer | null = null;

  /** The question was shown, or somebody types something else: the time begins anew. `over` is called at its end. */
  begin(over: () => void): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.#timer = setTimeout(over, DRAIN_MS);
    }, ON_SCREEN_MS);
  }

  /** The question is gone. */
  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
