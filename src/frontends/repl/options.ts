import type { Thread } from "../../core/index.ts";
import type { InputPart, TurnOverrides } from "../../protocol/index.ts";
import type { Style } from "../../term/index.ts";
import type { PromptHistory } from "./history.ts";
import type { LineSource } from "./lines.ts";

/** A thread to talk to, with what is needed around it. */
export interface ReplThread {
  thread: Thread;
  warnings: string[];
  /** What of a change of settings is allowed here, with a sentence for each thing that is not. */
  restrict(overrides: TurnOverrides): { overrides: TurnOverrides; notes: string[] };
}

export type StartResult = ({ ok: true } & ReplThread) | { ok: false; message: string; exit: number };

/** A named combination of settings that `/approvals` switches to. */
export type Mode = Required<Pick<TurnOverrides, "approval_policy" | "sandbox_mode" | "free_patches">> & {
  summary: string;
};

/** What the repl does not do itself. */
export interface ReplTools {
  /** Changes of the working tree as text; a message when there is no repository. */
  diff(cwd: string): Promise<string>;
  /** Lets the model draft an AGENTS.md; `print` shows what it does. null: it came to nothing, and why was printed. */
  draftInstructions(
    print: (text: string) => void,
    signal: AbortSignal,
  ): Promise<{ diff: string; save(): string } | null>;
}

export interface ReplOptions {
  first: ReplThread;
  /** Starts another thread: a new one, or the stored one that is named. */
  start(resume: string | null): Promise<StartResult>;
  /** The first turn; empty: none. */
  input: InputPart[];
  source: LineSource;
  /** Approvals in a dialog of the terminal. */
  dialogs: boolean;
  style: Style;
  /** Shows whole outputs of commands. */
  full_output: boolean;
  /** Rings the bell when a turn is done. */
  notify: boolean;
  version: string;
  modes: Record<string, Mode>;
  history: PromptHistory;
  tools: ReplTools;
  stdout(text: string): void;
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
