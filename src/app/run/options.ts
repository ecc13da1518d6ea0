import type { InputPart } from "../../protocol/index.ts";
import type { Screen, Tty } from "../../term/index.ts";
import type { StartFacts } from "../../view/index.ts";
import type { AppMode, AppThread, AppTools, StartResult } from "../contract.ts";
import type { PromptHistory } from "../history.ts";
import type { Keymap } from "../keymap/keymap.ts";
import type { Kit } from "../kit.ts";
import type { Price } from "../price.ts";
import type { ThreadTarget } from "../state/effect.ts";

/** What the app runs with: the process and everything that it does not do itself. */
export interface AppOptions {
  first: AppThread;
  /** Opens another thread, or a copy. */
  open(target: ThreadTarget): Promise<StartResult>;
  /** Opens a copy of a thread that is not kept and cannot act, to ask it something beside. */
  openSide(thread_id: string): Promise<StartResult>;
  /** The first turn; empty: none. */
  input: InputPart[];
  /** What stands in the composer. */
  text: string;
  screen: Screen["kind"];
  /** null: the one for the terminal's background. */
  theme: string | null;
  /** Words instead of signs, nothing repainted. */
  words: boolean;
  vim: boolean;
  keymap: Keymap;
  notifications: boolean;
  kit: Kit;
  home: string;
  modes: Record<string, AppMode>;
  history: PromptHistory;
  tools: AppTools;
  outside: Outside;
  tty: Tty;
  env: Record<string, string | undefined>;
  /** What the greeting says of a thread. */
  start(thread: AppThread): StartFacts;
  /** Price of a model; null: not known. */
  price(model: string): Price | null;
  /** What is handed in (`submission`) and what comes out (`event`), for whoever records it. */
  record(kind: "submission" | "event", value: object): void;
  /** Monotonic milliseconds. */
  now(): number;
  /** Aborts on SIGTERM and SIGHUP, with the name as its reason. */
  signal: AbortSignal;
  process: ProcessSignals;
}

/** Programs beside the app, started where no command of a project can stand in for them. */
export interface Outside {
  /** The person's editor with this text; null: there is none, or it ended without a text. The terminal is its own meanwhile. */
  edit(text: string): Promise<{ ok: true; text: string } | { ok: false; message: string }>;
  /** An image of the clipboard as a file; null: there is none. */
  readImage(): Promise<string | null>;
  branch(cwd: string): Promise<StartFacts["branch"]>;
  /** Looks for files of the project; `found` several times, the last with `done`. */
  findFiles(query: string, cwd: string, found: (files: FoundPart) => void, signal: AbortSignal): Promise<void>;
}

export interface FoundPart {
  files: readonly { path: string; matched: readonly number[] }[];
  more: number;
  done: boolean;
}

/** What the process is told from outside, and how it stops. Each gives a function that listens no more. */
export interface ProcessSignals {
  onResize(handler: () => void): () => void;
  onContinue(handler: () => void): () => void;
  /** Ctrl-C, where it comes as a signal. */
  onInterrupt(handler: () => void): void;
  /** Runs at the end of the process, however it ends. */
  atExit(handler: () => void): () => void;
  /** Stops this process group, as Ctrl-Z does (SIGTSTP). */
  stop(): void;
}
