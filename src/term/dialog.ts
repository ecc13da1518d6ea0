import { PassThrough } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { DialogKeys, type Taking } from "./dialog-keys.ts";
import { markPastes } from "./paste-marks.ts";
import { ReadingTime } from "./reading-time.ts";
import { visible, visibleLine } from "./visible.ts";

/** A row of a dialog. */
export interface DialogOption<T> {
  value: T;
  label: string;
  hint?: string | undefined;
  /** Letters that choose it, lower case; the first is shown. Absent: its number alone does. */
  letters?: readonly string[];
}

/** Questions on the terminal, one after the other. null: left with Escape or Ctrl-C, or the signal aborted. */
export interface Dialog {
  /** `preselected`: the value that Enter chooses; the first when left out. */
  choose<T>(asked: {
    message: string;
    options: readonly DialogOption<T>[];
    preselected?: T;
    signal?: AbortSignal;
  }): Promise<T | null>;
  /** One of many; what is typed searches. `rows` are shown at a time. */
  search(asked: { message: string; options: readonly DialogOption<string>[]; rows: number }): Promise<string | null>;
  /** `value`: what the line starts with. What of it cannot be seen is shown escaped, and stands in the answer as it was shown. */
  text(asked: { message: string; value?: string; signal?: AbortSignal }): Promise<string | null>;
  /** A text that is not shown. */
  secret(asked: { message: string; signal?: AbortSignal }): Promise<string | null>;
}

/** Where dialogs are shown, and who gets what was typed and is no answer. */
interface DialogOptions {
  /** Standard output when left out. */
  output?: NodeJS.WriteStream;
  /** Left out: it is put back into standard input, for whoever reads next. */
  rest?: (typed: string) => void;
}

/** A widget hides it while it is shown (DECTCEM). */
const SHOW_CURSOR = "\x1b[?25h";

/** Asks in dialogs of the terminal. What was typed before a dialog could be read does not answer it, and is not lost. */
export async function inDialog<T>(
  ask: (dialog: Dialog) => Promise<T>,
  { output = process.stdout, rest = putBack }: DialogOptions = {},
): Promise<T> {
  const { stdin } = process;
  const keys = new DialogKeys();
  const decoder = new StringDecoder("utf8");
  const gate = new Gate(keys);
  const onData = (chunk: Buffer | string) => gate.take(typeof chunk === "string" ? chunk : decoder.write(chunk));
  const unmark = markPastes((sequence) => output.write(sequence), SHOW_CURSOR);
  stdin.setRawMode(true);
  stdin.on("data", onData);
  stdin.resume();
  try {
    return await ask(dialogOn(gate, output));
  } finally {
    stdin.off("data", onData);
    stdin.pause();
    stdin.setRawMode(false);
    unmark();
    const typed = keys.rest();
    if (typed !== "") rest(typed);
  }
}

function putBack(typed: string): void {
  process.stdin.unshift(Buffer.from(typed));
}

/** A question that is answered by a yes or a no; the no is marked. null: left. */
export function yesOrNo(dialog: Dialog, message: string, signal?: AbortSignal): Promise<boolean | null> {
  const options = [
    { value: false, label: "No", letters: ["n"] },
    { value: true, label: "Yes", letters: ["y"] },
  ];
  return dialog.choose({ message, options, preselected: false, ...(signal ? { signal } : {}) });
}

/** What stands between the terminal and the widget that is shown. */
class Gate {
  readonly #keys: DialogKeys;
  #input: PassThrough | null = null;
  readonly #time = new ReadingTime();

  constructor(keys: DialogKeys) {
    this.#keys = keys;
  }

  /** Shows a widget; `show` gets the stream that it reads. */
  async ask<T>(taking: Taking, show: (input: PassThrough) => Promise<T>): Promise<T> {
    // A widget takes a terminal only for one when it says so; raw mode is on all the while.
    const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
    this.#input = input;
    const answer = show(input);
    const ahead = this.#keys.begin(taking);
    if (ahead !== "") input.write(ahead);
    this.#wait();
    try {
      return await answer;
    } finally {
      this.#time.stop();
      this.#keys.end();
      this.#input = null;
    }
  }

  take(chunk: string): void {
    const { feed, typing } = this.#keys.take(chunk);
    if (typing) this.#wait();
    if (feed !== "") this.#input?.write(feed);
  }

  /** Keys answer after the time; whoever types something else meanwhile gets it anew. */
  #wait(): void {
    this.#time.begin(() => this.#keys.open());
  }
}

/** Where the library that draws dialogs comes from: this file alone makes what it draws visible. */
const library = () => import("@clack/prompts");

/** Lines around several dialogs: a title, what is being done, and how it ended. */
export async function storyLines(): Promise<Record<"intro" | "step" | "outro", (text: string) => void>> {
  const { intro, log, outro } = await library();
  return {
    intro: (text) => intro(visible(text)),
    step: (text) => log.step(visible(text)),
    outro: (text) => outro(visible(text)),
  };
}

/**
 * Asks under a signal of its own: the library goes on listening when it has its answer, and would write into whatever is on the screen
 * when the signal of the program aborts.
 */
async function asking<T>(
  signal: AbortSignal | undefined,
  ask: (own: { signal?: AbortSignal }) => Promise<T>,
): Promise<T> {
  if (!signal) return ask({});
  const own = new AbortController();
  const abort = () => own.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await ask({ signal: own.signal });
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function dialogOn(gate: Gate, output: NodeJS.WriteStream): Dialog {
  const clack = library();
  // Its one symbol says that a widget was left.
  const answered = async <T>(answer: Promise<T>): Promise<Exclude<T, symbol> | null> => {
    const value = await answer;
    return typeof value === "symbol" ? null : (value as Exclude<T, symbol>);
  };
  return {
    async choose<T>(asked: Parameters<Dialog["choose"]>[0]) {
      const { select } = await clack;
      const { signal, options, preselected } = asked;
      const message = visible(asked.message);
      const at = Math.max(
        0,
        options.findIndex(({ value }) => value === preselected),
      );
      const rows = options.map((option, value) => ({ ...shown(option), value }));
      const taking: Taking = { kind: "list", letters: options.map(({ letters = [] }) => letters), at };
      const row = await asking(signal, (own) =>
        gate.ask(taking, (input) =>
          answered(select({ message, options: rows, initialValue: at, input, output, ...own })),
        ),
      );
      return row === null ? null : ((options[row]?.value ?? null) as T | null);
    },
    async search({ message, options, rows }) {
      const { autocomplete } = await clack;
      const list = options.map(shown);
      return gate.ask({ kind: "search" }, (input) =>
        answered(autocomplete({ message: visible(message), options: list, maxItems: rows, input, output })),
      );
    },
    async text({ message, value = "", signal }) {
      const { text } = await clack;
      const field = { message: visible(message), initialValue: visible(value) };
      return asking(signal, (own) =>
        gate.ask({ kind: "field" }, (input) => answered(text({ ...field, ...own, input, output }))),
      );
    },
    async secret({ message, signal }) {
      const { password } = await clack;
      const field = { message: visible(message) };
      return asking(signal, (own) =>
        gate.ask({ kind: "field" }, (input) => answered(password({ ...field, ...own, input, output }))),
      );
    },
  };
}

/** A row as the widget has it: its letter stands before its words, every character of which is shown. */
function shown<T>({ value, label, hint, letters }: DialogOption<T>) {
  const [letter] = letters ?? [];
  const words = visibleLine(label);
  return { value, label: letter ? `${letter}  ${words}` : words, ...(hint ? { hint: visibleLine(hint) } : {}) };
}
