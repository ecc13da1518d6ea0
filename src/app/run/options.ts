import type { InputPart } from "../../protocol/index.ts";
import type { Screen } from "../../term/index.ts";
import type { StartFacts } from "../../view/index.ts";
import type { AppMode, AppThread, AppTools, NotStarted, StartResult } from "../contract.ts";
import type { FileFinder } from "../files/finder.ts";
import type { PromptHistory } from "../history.ts";
import type { Keymap } from "../keymap/keymap.ts";
import type { Kit } from "../kit.ts";
import type { PastSource } from "../past/past.ts";
import type { TokenPrice } from "../price.ts";
import type { ThreadTarget } from "../state/effect.ts";
import type { InputBody } from "../state/input.ts";
import type { AppTerminal } from "./terminal.ts";

/** A thread that is being opened. What is typed meanwhile is taken, and what is sent waits for it. */
export interface Opening {
  /** null: a new one. */
  thread_id: string | null;
  /** Where it works. Absolute. */
  cwd: string;
  /** The greeting before anything is known. */
  start: StartFacts;
  /** What happened in it before; null: it is new. */
  past: PastSource | null;
  ready: Promise<StartResult>;
  /** Nobody waits for it any more. */
  cancel(): void;
}

/** What the app runs with: the process and everything that it does not do itself. */
export interface AppOptions {
  /** When it cannot be opened, the app ends; why is told by whoever started it. */
  first: Opening;
  /** Opens another thread, or a copy. */
  open(target: ThreadTarget, from: AppThread["thread"]): Promise<{ ok: true; opening: Opening } | NotStarted>;
  /** Opens a copy of a thread that cannot act, to ask it something beside; `forget` removes it. */
  openSide(
    of: AppThread["thread"],
  ): Promise<(StartResult & { ok: true; forget(): Promise<void> }) | { ok: false; message: string }>;
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
  outside: OutsidePrograms;
  /** Where it is shown; the first picture may be on it already. */
  terminal: AppTerminal;
  /** What the greeting says of a thread. */
  start(thread: AppThread): StartFacts;
  /** Price of a model; null: not known. */
  price(model: string): TokenPrice | null;
  /** What is handed in (`submission`) and what comes out (`event`), for whoever records it. */
  record(kind: "submission" | "event", value: object): void;
  /** Monotonic milliseconds. */
  now(): number;
  /** Resolves when what waits was done: keys, events, frames. */
  pause(): Promise<void>;
  /** Aborts on SIGTERM and SIGHUP, with the name as its reason. */
  signal: AbortSignal;
  process: ProcessSignals;
}

/** Programs beside the app, started where no command of a project can stand in for them. */
export interface OutsidePrograms {
  /** The person's editor with this text; null: there is none, or it ended without a text. The terminal is its own meanwhile. */
  edit(text: string): Promise<{ ok: true; text: string } | { ok: false; message: string }>;
  /** An image of the clipboard as a file; null: there is none. */
  readImage(): Promise<string | null>;
  branch(cwd: string): Promise<StartFacts["branch"]>;
  /** Whoever looks for files in a directory; what it finds is fed. */
  finder(cwd: string, feed: (input: InputBody) => void): Promise<FileFinder>;
}

/** What the process is told from outside, and how it stops. Each gives a function that listens no more. */
export interface ProcessSignals {
  onResize(handler: () => void): () => void;
  onContinue(handler: () => void): () => void;
  /** Runs at the end of the process, however it ends. */
  atExit(handler: () => void): () => void;
  /** Stops this process group, as Ctrl-Z does (SIGTSTP). */
  stop(): void;
}
