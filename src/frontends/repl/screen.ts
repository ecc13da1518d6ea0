import { PassingLine, type Printable, SafeText, safe } from "../../term/index.ts";

/** The two ways to a terminal: text, which is made visible, and what steers it. */
export interface ScreenOutput {
  stdout(text: Printable): void;
  asked(text: Printable): void;
  control(sequence: string): void;
}

/** What was written last, so that the next thing can start on a line of its own. Text is only ever appended. */
export class ReplScreen {
  readonly #output: ScreenOutput;
  #open_line = false;
  /** What goes on, below everything; null: the terminal cannot take it back. */
  readonly #passing: PassingLine | null;
  /** Width of a terminal on which lines are broken between words; null: they are left to it. */
  readonly #columns: (() => number) | null;

  /** `passing`: what is said of what goes on (null: nothing at present), on a terminal that can take it back. */
  constructor(output: ScreenOutput, passing: { text(): string | null; columns(): number } | null = null) {
    this.#output = output;
    this.#columns = passing?.columns ?? null;
    this.#passing =
      passing &&
      new PassingLine({
        control: output.control,
        columns: passing.columns,
        text: () => (this.#open_line ? null : passing.text()),
      });
    this.#passing?.start();
  }

  close(): void {
    this.#passing?.stop();
    this.freshLine();
  }

  write(text: Printable): void {
    const whole = String(SafeText.of(text));
    if (whole === "") return;
    this.#passing?.erase();
    this.#output.stdout(text);
    this.#open_line = !whole.endsWith("\n");
  }

  /** A line of a question. */
  ask(text: Printable): void {
    this.freshLine();
    this.#output.asked(safe`${text}\n`);
    this.#open_line = false;
  }

  /** Tells the terminal something that nobody sees. */
  control(sequence: string): void {
    this.#output.control(sequence);
  }

  /** What the line editor draws: its own sequences, around what the person types. */
  draw(chunk: string): void {
    if (chunk === "") return;
    this.#passing?.erase();
    this.#output.control(chunk);
    this.#open_line = !chunk.endsWith("\n");
  }

  /** Ends a line that is still open. */
  freshLine(): void {
    this.#passing?.erase();
    if (this.#open_line) this.write("\n");
  }

  /** The terminal itself has ended the line, by the echo of Enter. */
  echoed(): void {
    this.#open_line = false;
  }

  line(text: Printable): void {
    this.freshLine();
    const rows = this.#columns === null ? [text] : SafeText.wrap(text, this.#columns());
    for (const row of rows) this.write(safe`${row}\n`);
  }
}
