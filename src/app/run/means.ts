import type { loadTerminal } from "../../term/index.ts";
import type { AppThread } from "../contract.ts";
import type { InputBody } from "../state/input.ts";
import type { AppState } from "../state/state.ts";
import type { AppOptions } from "./options.ts";
import type { Painter } from "./painter.ts";
import type { AppTerminal } from "./terminal.ts";

/** What whoever does something may use. */
export interface Means {
  options: AppOptions;
  terminal: AppTerminal;
  painter: Painter;
  term: Awaited<ReturnType<typeof loadTerminal>>;
  state(): AppState;
  thread(): AppThread;
  send(input: InputBody): void;
  /** From now on this thread is talked to. */
  /** Reads keys again. */
  listen(): void;
  enter(thread: AppThread): void;
  /** Until this has ended, what is typed waits: it is for the thread that is being opened. */
  keysAfter(opening: Promise<void>): void;
  quit(exit: number): void;
  wake(at: number | null): void;
}
