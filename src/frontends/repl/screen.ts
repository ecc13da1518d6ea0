/** What was written last, so that the next thing can start on a line of its own. Text is only ever appended. */
export class Screen {
  readonly #write: (text: string) => void;
  #open_line = false;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  write(text: string): void {
    if (text === "") return;
    this.#write(text);
    this.#open_line = !text.endsWith("\n");
  }

  /** Tells the terminal something that nobody sees. */
  control(sequence: string): void {
    this.#write(sequence);
  }

  /** Ends a line that is still open. */
  freshLine(): void {
    if (this.#open_line) this.write("\n");
  }

  /** The terminal itself has ended the line, by the echo of Enter. */
  echoed(): void {
    this.#open_line = false;
  }

  line(text: string): void {
    this.freshLine();
    this.write(`${text}\n`);
  }
}
