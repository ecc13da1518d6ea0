import type { Thread } from "../../core/index.ts";
import type { SettingsChange, Usage } from "../../protocol/index.ts";
import type { Printable } from "../../term/index.ts";
import type { Mode, ReplThread, ReplTools } from "./options.ts";

/** What a command may do with the repl that it runs in. */
export interface ReplControl {
  readonly thread: Thread;
  /** What the thread was opened with. */
  readonly facts: ReplThread["facts"];
  readonly usage: Usage | null;
  readonly modes: Record<string, Mode>;
  readonly tools: ReplTools;
  /** Prompts that were typed, the latest first. */
  readonly prompts: { latest(): string[]; clear(): void };
  /** Changes settings from the next turn on. */
  change(changes: SettingsChange): void;
  attach(path: string): void;
  print(text: Printable): void;
  /** Replaces the history by a summary, in a turn of its own; `instructions`: what matters, or empty. */
  compact(instructions: string): void;
  /** Goes on with another thread. Says so when it cannot. */
  switchThread(resume: string | null): Promise<void>;
  confirm(question: string): Promise<boolean>;
  quit(): void;
  /** Aborts on Ctrl-C while the command runs. */
  readonly signal: AbortSignal;
}
