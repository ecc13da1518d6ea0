import { type Printable, SafeText } from "./safe-text.ts";

/** How often it is written anew, in ms: it counts seconds. */
const TICK_MS = 1000;

/** Back to the first column, and nothing from there on (ECMA-48, 8.3.41). */
const ERASE = "\r\x1b[K";

/** Where it stands, and what it says. */
interface PassingLineOptions {
  /** Takes sequences of the terminal. */
  control(sequence: string): void;
  columns(): number;
  /** null: nothing is said at present, or the line is somebody else's. */
  text(): Printable | null;
}

/**
 * One line below everything that was printed, which says what is going on and is gone when something is printed. Whoever prints
 * calls `erase` before it. Nothing of it stays in the scrollback, and nothing is shown of what takes less than a second.
 */
export class PassingLine {
  readonly #options: PassingLineOptions;
  #timer: Timer | null = null;
  #shown = false;

  constructor(options: PassingLineOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#show(), TICK_MS);
  }

  /** Also when it was never started. */
  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.erase();
  }

  erase(): void {
    if (!this.#shown) return;
    this.#shown = false;
    this.#options.control(ERASE);
  }

  #show(): void {
    const text = this.#options.text();
    if (text === null) {
      this.erase();
      return;
    }
    this.#shown = true;
    // In the last column a terminal may wrap.
    const line = SafeText.styled(SafeText.cut(text, Math.max(1, this.#options.columns() - 1)), 2, 22);
    this.#options.control(`${ERASE}${line}`);
  }
}
