import { type Key, KeyReader, PASTE } from "./keys.ts";

/** How a dialog takes keys. */
export type Taking =
  /** A choice: by arrows and Enter, by the letter of a row, or by its number. `at`: the row that is marked first. */
  | { kind: "list"; letters: readonly (readonly string[])[]; at: number }
  /** A choice among many: what is typed searches. */
  | { kind: "search" }
  /** A text that is asked for after an answer. */
  | { kind: "field" };

/** What a chunk of input comes to: what the dialog gets, and whether the person is typing something else. */
export interface Taken {
  feed: string;
  typing: boolean;
}

const INTERRUPT = "\x03";
const ESCAPE = "\x1b";
const UP = "\x1b[A";
const DOWN = "\x1b[B";
const ENTER: readonly string[] = ["\r", "\n"];
/** Keys that mean something in a line that has been begun: Enter and Backspace. */
const OF_A_LINE: readonly string[] = [...ENTER, "\x7f", "\b"];

/**
 * Decides for each key whether it answers the dialog that is on the screen. What was typed before that could be read, what is
 * pasted, and what comes as a burst was meant for the line: it is kept, in order, and goes back there. No clock: whoever
 * shows the dialog says when it may be answered.
 */
export class DialogKeys {
  readonly #reader = new KeyReader();
  #taking: Taking | null = null;
  #at = 0;
  #open = false;
  /** Typed after an answer: for the field that it asks for, else for the line. */
  #ahead = "";
  #back = "";

  /** A dialog is on the screen. Returns what it gets at once. */
  begin(taking: Taking): string {
    this.#taking = taking;
    this.#at = taking.kind === "list" ? taking.at : 0;
    this.#open = taking.kind === "field";
    const ahead = this.#ahead;
    this.#ahead = "";
    if (taking.kind === "field") return this.take(ahead).feed;
    this.#back += ahead;
    return "";
  }

  /** From now on keys answer. */
  open(): void {
    this.#open = true;
  }

  /** The dialog has its answer. */
  end(): void {
    this.#taking = null;
  }

  /** Text that belongs to the line, as the terminal sent it. */
  rest(): string {
    return this.#back + this.#ahead + this.#reader.pending();
  }

  take(chunk: string): Taken {
    const keys = this.#reader.read(chunk);
    const burst = keys.filter(({ type }) => type === "character").length > 1;
    const taken: Taken = { feed: "", typing: false };
    for (const key of keys) this.#takeKey(key, burst, taken);
    return taken;
  }

  #takeKey(key: Key, burst: boolean, taken: Taken): void {
    const taking = this.#taking;
    if (key.text === INTERRUPT) taken.feed += this.#answer(INTERRUPT);
    else if (taking === null) this.#ahead += raw(key);
    else if (!this.#open || (taking.kind === "list" && (burst || key.type === "paste"))) this.#keep(key, taken);
    else if (taking.kind === "list") taken.feed += this.#choose(key, taking);
    else taken.feed += this.#enter(key, taking);
  }

  /** A key that is not for the dialog. Alone, Enter and keys without a character mean nothing in a line. */
  #keep(key: Key, taken: Taken): void {
    const counts = key.type !== "control" || (this.#back !== "" && OF_A_LINE.includes(key.text));
    if (!counts) return;
    this.#back += raw(key);
    taken.typing = true;
  }

  /** Arrows move, Enter and Escape answer, and so does what a row offers; every other key does nothing. */
  #choose({ type, text }: Key, { letters }: Taking & { kind: "list" }): string {
    if (ENTER.includes(text) || text === ESCAPE) return this.#answer(text);
    const rows = letters.length;
    if (text === UP || text === DOWN) {
      this.#at = (this.#at + (text === UP ? rows - 1 : 1)) % rows;
      return text;
    }
    if (type !== "character") return "";
    const numbered = /^[1-9]$/.test(text) ? Number(text) - 1 : -1;
    const row = numbered < 0 ? letters.findIndex((own) => own.includes(text.toLowerCase())) : numbered;
    if (row < 0 || row >= rows) return "";
    return this.#answer(`${DOWN.repeat((row - this.#at + rows) % rows)}\r`);
  }

  /** Text for a field, a paste in one line of it. */
  #enter({ type, text }: Key, { kind }: Taking): string {
    if (type === "paste") return text.replace(/\s*[\r\n]+\s*/g, " ").trim();
    if (kind === "field" && (ENTER.includes(text) || text === ESCAPE)) return this.#answer(text);
    return text;
  }

  #answer(feed: string): string {
    this.#taking = null;
    return feed;
  }
}

const raw = ({ type, text }: Key) => (type === "paste" ? `${PASTE.begin}${text}${PASTE.end}` : text);
