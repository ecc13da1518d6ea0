import type { loadTerminal } from "../../term/index.ts";
import type { AppThread } from "../contract.ts";
import type { InputBody, OpenedThread } from "../state/input.ts";
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
  follow(thread: AppThread): void;
  opened(thread: AppThread): OpenedThread;
  /** Reads keys again. */
  listen(): void;
  quit(exit: number): void;
  wake(at: number | null): void;
}
