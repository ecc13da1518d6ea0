import { Writable } from "node:stream";
import { markPastes, visible } from "../../term/index.ts";
import { draftOf, NO_DRAFT } from "./draft.ts";
import { asPrompt, inOneRow, LINE_END, recalledLine } from "./one-row.ts";
import type { ReplScreen } from "./screen.ts";
import { stopProcess } from "./stop-key.ts";

/** How lines come in. `edited`: from a terminal that readline edits; `typed`: from a person, as they are; `piped`: from a program. */
export type LineSource = "edited" | "typed" | "piped";

export interface LineHandlers {
  line(text: string): void;
  /** Nothing more will come. For a pipe it is said only when a line is wanted. */
  end(): void;
  /** Ctrl-C, where it is a key and not a signal. */
  interrupt(): void;
  /** Whether the arrow keys should bring this line back. */
  keeps(line: string): boolean;
  /** Tab: the words that fit, and the part of the line that they replace. */
  complete(line: string): [string[], string];
}

export interface LineOptions {
  source: LineSource;
  screen: ReplScreen;
  handlers: LineHandlers;
  /** Earlier prompts, the latest first. */
  history: string[];
  /** Width of the terminal. */
  columns(): number;
}

type Interface = import("node:readline").Interface;
interface Key {
  name?: string;
  ctrl?: boolean;
  meta?: boolean;
}

const CONTINUED = "  ... ";
const STEER = "steer> ";

/**
 * Lines from a person or a pipe. While a turn runs, a person may type all the same: then `idle` says that the screen is
 * theirs, so that nothing is written into the line; a pipe's next line waits until it is wanted.
 */
export class LineInput {
  readonly #options: LineOptions;
  #readline: typeof import("node:readline") | null = null;
  #rl: Interface | null = null;
  #state: "wanting" | "working" = "working";
  /** Lines before the last of a prompt that has several. */
  #pieces: string[] = [];
  #pasting = false;
  /** Set while a person types during a turn. */
  #typing: PromiseWithResolvers<void> | null = null;
  /** The beginning of a line that a dialog interrupted: the next line begins with it. */
  #draft = NO_DRAFT;
  #waiting: string[] = [];
  #lent = false;
  /** What Ctrl-R looks for, and the row of the history that it has come to. */
  #recall: { letters: string; at: number } | null = null;
  #ended = false;
  /** Ends the marks around what is pasted; null: there are none. */
  #unmark: (() => void) | null = null;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  /** Loads readline, which touches standard input, and starts to listen. */
  async open(): Promise<void> {
    this.#readline = await import("node:readline");
    this.#listen();
  }

  /** Shows a prompt and waits for a line. */
  prompt(text: string): void {
    this.#state = "wanting";
    this.#pieces = [];
    const { screen, source, handlers } = this.#options;
    screen.freshLine();
    if (source === "edited") {
      this.#rl?.setPrompt(visible(text));
      this.#rl?.prompt();
      if (this.#draft.keys !== "") process.stdin.unshift(Buffer.from(this.#draft.keys));
      this.#draft = NO_DRAFT;
    } else screen.write(text);
    const [next, ...rest] = this.#waiting;
    this.#waiting = rest;
    // Not within this call: whoever asks has not finished yet.
    if (next !== undefined) queueMicrotask(() => this.#deliver(next, "shown"));
    else if (this.#ended) queueMicrotask(() => handlers.end());
  }

  /** A prompt is on the screen, and waits for its line. */
  get wanting(): boolean {
    return this.#state === "wanting";
  }

  /** A turn runs: nothing is asked for. */
  working(): void {
    this.#state = "working";
    this.#rl?.setPrompt("");
  }

  /** null when nobody is in the middle of a line; else resolves when the line is done. */
  idle(): Promise<void> | null {
    return this.#typing?.promise ?? null;
  }

  /** The screen is a person's, who is in the middle of a line, or a dialog's. */
  get taken(): boolean {
    return this.#typing !== null || this.#lent;
  }

  /** The next line begins with this text. */
  begin(text: string): void {
    this.#draft = draftOf(inOneRow(text));
  }

  /** A line that was read and not used is the next one. */
  putBack(text: string): void {
    this.#waiting.unshift(text);
  }

  /** Forgets what was typed so far. */
  clear(): void {
    this.#pieces = [];
    this.#draft = NO_DRAFT;
    if (this.#rl && this.#rl.line !== "") empty(this.#rl);
    this.#release();
  }

  /** Lends the terminal to a dialog. What it hands to `rest` was typed for the line. */
  async suspended<T>(dialog: (rest: (typed: string) => void) => Promise<T>): Promise<T> {
    this.close();
    this.#options.screen.freshLine();
    this.#lent = true;
    let typed = "";
    try {
      return await dialog((rest) => {
        typed += rest;
      });
    } finally {
      this.#lent = false;
      this.#listen();
      this.#draft = draftOf(`${this.#draft.keys}${typed}`);
      // Whole lines are obeyed; half a one must not keep the screen from what happens now.
      if (this.#draft.lines !== "") process.stdin.unshift(Buffer.from(this.#draft.lines));
    }
  }

  close(): void {
    const rl = this.#rl;
    this.#rl = null;
    this.#unmark?.();
    this.#unmark = null;
    rl?.close();
    this.#release();
  }

  #listen(): void {
    const edited = this.#options.source === "edited";
    const { handlers, history } = this.#options;
    const rl = this.#readline?.createInterface({
      input: process.stdin,
      terminal: edited,
      ...(edited ? { output: this.#output(), history: [...history], historySize: HISTORY_SIZE, tabSize: 4 } : {}),
      completer: (line: string) => (this.#state === "working" && !this.#typing ? [[], line] : handlers.complete(line)),
    });
    if (!rl) return;
    this.#rl = rl;
    rl.on("line", (line) => this.#onLine(line));
    rl.on("history", (lines: string[]) => {
      if (lines[0] !== undefined && !handlers.keeps(lines[0])) lines.shift();
      history.splice(0, history.length, ...lines);
    });
    rl.on("SIGINT", () => handlers.interrupt());
    rl.on("SIGTSTP", () =>
      stopProcess(
        (sequence) => this.#options.screen.control(sequence),
        () => this.#redraw(rl),
      ),
    );
    rl.on("close", () => this.#onClose(rl));
    if (edited) this.#watchKeys(rl);
  }

  /** Readline's own drawing, through the screen. It has no size to listen to: a resize must not repaint. */
  #output(): Writable {
    const { screen, columns } = this.#options;
    const output = new Writable({
      decodeStrings: false,
      write(chunk: string, _encoding, done) {
        screen.draw(chunk);
        done();
      },
    });
    return Object.defineProperty(output, "columns", { get: columns });
  }

  #watchKeys(rl: Interface): void {
    this.#unmark = markPastes((sequence) => this.#options.screen.control(sequence));
    const before = (text: string | undefined, key: Key) => this.#beforeKey(rl, text, key);
    const after = (text: string | undefined) => {
      if (this.#recall && text !== undefined && text >= " ") this.#recallRow(rl, -1);
      this.#afterKey(rl);
    };
    process.stdin.prependListener("keypress", before);
    process.stdin.on("keypress", after);
    rl.once("close", () => {
      process.stdin.off("keypress", before);
      process.stdin.off("keypress", after);
    });
  }

  /** The first key of a line that is typed while a turn runs gets a line of its own. */
  #beforeKey(rl: Interface, text: string | undefined, key: Key): void {
    if (!this.#pasting) knowRows(rl);
    if (key.name === "paste-start") this.#pasting = true;
    if (key.name === "paste-end") this.#pasting = false;
    if (key.ctrl && key.name === "r") this.#recallRow(rl);
    else if (this.#recall && text !== undefined && text >= " " && !key.meta) this.#recall.letters += text;
    else this.#recall = null;
    if (key.meta && (key.name === "return" || key.name === "enter")) rl.write(LINE_END);
    if (this.#state !== "working" || this.#typing) return;
    if (key.name === "escape") this.#options.handlers.interrupt();
    const starts = text !== undefined && text >= " " && !key.ctrl && !key.meta;
    if (!starts && key.name !== "up" && key.name !== "paste-start") return;
    this.#typing = Promise.withResolvers();
    this.#options.screen.freshLine();
    rl.setPrompt(STEER);
    rl.prompt();
    if (!starts || this.#draft.text === null) return;
    rl.write(this.#draft.text);
    this.#draft = NO_DRAFT;
  }

  /** After a stop the shell has written below. */
  #redraw(rl: Interface): void {
    if (this.#state !== "wanting" && !this.#typing) return;
    // Nothing above is the line's.
    Object.assign(rl, { prevRows: 0 });
    rl.prompt(true);
  }

  /** Ctrl-R: the latest prompt that has the letters of the line, and those that follow; again: one before it (`after`). */
  #recallRow(rl: Interface, after?: number): void {
    const { letters, at } = this.#recall ?? { letters: rl.line, at: -1 };
    this.#recall = { letters, at };
    const found = recalledLine(this.#options.history, letters, after ?? at);
    if (found === null) return;
    this.#recall = { letters, at: found.at };
    empty(rl);
    rl.write(found.row);
  }

  /** What was typed is deleted again: the screen is free. */
  #afterKey(rl: Interface): void {
    if (!this.#typing || this.#pasting || rl.line !== "" || this.#pieces.length > 0) return;
    this.#options.screen.freshLine();
    this.#release();
  }

  #onLine(line: string): void {
    const { source, screen } = this.#options;
    if (source === "piped" && this.#state !== "wanting") {
      this.#waiting.push(line);
      return;
    }
    const continued = source !== "piped" && line.endsWith("\\");
    if (this.#pasting || continued) {
      this.#pieces.push(continued ? line.slice(0, -1) : line);
      if (!this.#pasting && source === "edited") {
        this.#rl?.setPrompt(CONTINUED);
        this.#rl?.prompt();
      } else if (source === "typed") screen.write(CONTINUED);
      return;
    }
    const pieces = this.#pieces.splice(0);
    if (source === "edited" && pieces.length > 0) this.#keepWhole([...pieces, line].join("\n"), pieces.length + 1);
    const text = [...pieces, line].join("\n");
    this.#deliver(source === "edited" ? asPrompt(text) : text, source === "piped" ? "shown" : "echoed");
  }

  /** Readline has kept each line of a prompt by itself. */
  #keepWhole(text: string, lines: number): void {
    const { history, handlers } = this.#options;
    const row = inOneRow(text);
    for (let left = lines; left > 0 && history[0] !== undefined && text.includes(history[0]); left--) history.shift();
    if (handlers.keeps(text)) history.unshift(row);
    if (this.#rl) Object.assign(this.#rl, { history: [...history] });
  }

  /** `echoed`: the terminal has shown the line and its end already. */
  #deliver(text: string, how: "shown" | "echoed"): void {
    const { source, screen, handlers } = this.#options;
    if (how === "shown") screen.write(`${text}\n`);
    else if (source === "typed") screen.echoed();
    this.working();
    handlers.line(text);
    this.#release();
  }

  #release(): void {
    this.#typing?.resolve();
    this.#typing = null;
  }

  #onClose(rl: Interface): void {
    if (this.#rl !== rl) return;
    this.#rl = null;
    this.#ended = true;
    this.#release();
    const { source, handlers } = this.#options;
    this.#unmark?.();
    this.#unmark = null;
    if (source !== "piped" || this.#state === "wanting") handlers.end();
  }
}

/** Prompts that the arrow keys reach. */
const HISTORY_SIZE = 1000;

/** Readline forgets how many rows lie above the caret where it only appends, as for a paste, and would draw the line anew below them. */
function knowRows(rl: Interface): void {
  Object.assign(rl, { prevRows: rl.getCursorPos().rows });
}

/** Deletes what stands in the line. */
function empty(rl: Interface): void {
  for (const name of ["e", "u"]) {
    knowRows(rl);
    rl.write(null, { ctrl: true, name });
  }
}
