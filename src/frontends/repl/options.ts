import type { AppThread, AppTools, Mode, PromptHistory, StartResult } from "../../app/index.ts";
import type { InputPart } from "../../protocol/index.ts";
import type { Printable, Style } from "../../term/index.ts";
import type { Markdown } from "../../view/index.ts";
import type { LineSource } from "./lines.ts";

export interface ReplOptions {
  first: AppThread;
  /** Starts another thread: a new one, or the stored one that is named. */
  start(resume: string | null): Promise<StartResult>;
  /** The first turn; empty: none. */
  input: InputPart[];
  /** A line that was read before the repl came up; null: none. */
  typed: string | null;
  source: LineSource;
  /** Approvals in a dialog of the terminal. */
  dialogs: boolean;
  style: Style;
  /** Draws what the model says; null: it is shown as it was written. */
  markdown: Markdown | null;
  /** A line that comes and goes says what is going on. */
  passing: boolean;
  /** Shows whole outputs of commands. */
  full_output: boolean;
  /** Rings the bell when a turn is done. */
  notify: boolean;
  version: string;
  modes: Record<string, Mode>;
  history: PromptHistory;
  tools: AppTools;
  stdout(text: Printable): void;
  /** What a person is asked to agree to. */
  asked(text: Printable): void;
  /** Sequences for the terminal: from the line editor, and the bell. */
  control(sequence: string): void;
  /** What is handed in (`submission`) and what comes out (`event`), for whoever records it. */
  record(kind: "submission" | "event", value: object): void;
  /** From now on Ctrl-C, where it is a signal, is ours. */
  takeInterrupts(handler: () => void): void;
  columns(): number;
  /** Monotonic milliseconds. */
  now(): number;
  /** Aborts on SIGTERM and SIGHUP, with the name as its reason. */
  signal: AbortSignal;
}
