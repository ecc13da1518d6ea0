import type { loadTerminal } from "../../term/index.ts";
import type { AppThread } from "../contract.ts";
import type { InputBody } from "../state/input.ts";
import type { AppState } from "../state/state.ts";
import type { AppOptions, Opening } from "./options.ts";
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
  /** Reads keys again. */
  listen(): void;
  /** From now on this thread is talked to, once it is open. */
  enter(opening: Opening): Promise<void>;
  /** Resolves when what was typed at once is on the screen: from then on what is only good to know is looked up. */
  quiet(): Promise<void>;
  quit(exit: number): void;
  wake(at: number | null): void;
}
