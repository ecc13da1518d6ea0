import type { Thread } from "../core/index.ts";
import type { Op, SettingsChange } from "../protocol/index.ts";
import type { Printable } from "../term/index.ts";
import type { Transcript } from "../view/index.ts";
import type { AppMode, AppThread, AppTools } from "./contract.ts";
import type { SaidMessage } from "./past/said.ts";
import type { AppAction, PickRow } from "./state/input.ts";

/** What a command may do with the front end that it runs in. */
export interface AppControl {
  readonly thread: Thread;
  /** What the thread was opened with. */
  readonly facts: AppThread["facts"];
  /** How it stands; its entries: what has happened in it since it was opened here, or before, too. */
  readonly transcript: Transcript;
  /** What the person said in it, also before it was opened; null: not all of that is known yet. */
  said(): readonly SaidMessage[] | null;
  readonly modes: Record<string, AppMode>;
  readonly tools: AppTools;
  /** Prompts that were typed, the latest first. */
  readonly prompts: { latest(): string[]; clear(): void };
  /** Changes settings from the next turn on. */
  change(changes: SettingsChange): void;
  /** Carries out a plan in a turn that holds it: here, out of plan mode, or in a new thread that knows nothing else. */
  carryOut(plan: string, where: "here" | "clean"): Promise<void>;
  attach(path: string): void;
  print(text: Printable): void;
  /** Starts a turn as if this had been typed. */
  say(text: string): void;
  /** Replaces the history by a summary, in a turn of its own; `instructions`: what matters, or empty. */
  compact(instructions: string): void;
  /** Goes on with another thread. Says so when it cannot. */
  switchThread(resume: string | null): Promise<void>;
  /** Puts files back, or brings the changes back. */
  restore(op: Extract<Op, { type: "undo" | "redo" }>): void;
  confirm(question: string): Promise<boolean>;
  quit(): void;
  /** What only the app has; null: the front end is another. */
  readonly app: AppPart | null;
  /** Aborts on Ctrl-C while the command runs. */
  readonly signal: AbortSignal;
}

/** What commands do with the screen of the app. */
export interface AppPart {
  act(action: AppAction): void;
  /** The row that is taken, by its id; null: the list was left. */
  pick(title: string, rows: readonly PickRow[]): Promise<string | null>;
  /** Something long, to read in. */
  show(title: string, text: Printable): void;
  readonly themes: readonly string[];
}
