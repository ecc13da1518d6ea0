import type { Thread } from "../../core/index.ts";
import type { InputPart, SettingsChange } from "../../protocol/index.ts";
import type { Printable, Style } from "../../term/index.ts";
import type { PromptHistory } from "./history.ts";
import type { LineSource } from "./lines.ts";

/** A thread to talk to, with what is needed around it. */
export interface ReplThread {
  thread: Thread;
  /** Where its settings and instructions come from, for `/status`. */
  facts: {
    instructions: { file: string; bytes: number; dropped: number }[];
    /** Root of the project. */
    folder: string;
    folder_trust: "trusted" | "untrusted" | null;
    config_files: string[];
    hooks: number;
  };
  warnings: string[];
}

export type StartResult = ({ ok: true } & ReplThread) | { ok: false; message: string };

/** A named combination of settings that `/approvals` switches to. */
export type Mode = Required<Pick<SettingsChange, "approval_policy" | "sandbox_mode" | "free_patches">> & {
  summary: string;
};

/** What the repl does not do itself. */
export interface ReplTools {
  /** Changes of the working tree as text; a message when there is no repository. */
  diff(cwd: string): Promise<Printable>;
  /** Lets the model draft an AGENTS.md; `print` shows what it does. */
  draftInstructions(
    print: (text: Printable) => void,
    signal: AbortSignal,
  ): Promise<{ ok: true; draft: { path: string; diff: string; save(): void } } | { ok: false; message: string }>;
}

export interface ReplOptions {
  first: ReplThread;
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
  /** Shows whole outputs of commands. */
  full_output: boolean;
  /** Rings the bell when a turn is done. */
  notify: boolean;
  version: string;
  modes: Record<string, Mode>;
  history: PromptHistory;
  tools: ReplTools;
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
