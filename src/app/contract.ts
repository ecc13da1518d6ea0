import type { PromptFile } from "../config/index.ts";
import type { Thread } from "../core/index.ts";
import type { Event, SettingsChange } from "../protocol/index.ts";
import type { Printable } from "../term/index.ts";
import type { PickRow } from "./state/input.ts";

/** A thread to talk to, with what is needed around it. */
export interface AppThread {
  thread: Thread;
  /** Where its settings and instructions come from, for `/status`. */
  facts: {
    instructions: { file: string; bytes: number; dropped: number }[];
    /** Root of the project. */
    folder: string;
    folder_trust: "trusted" | "untrusted" | null;
    config_files: string[];
    hooks: number;
    servers: number;
  };
  /** What happened in it before, as events, the oldest first. */
  past: Iterable<Event>;
  warnings: string[];
}

/** A thread that was to be started, or why it was not. */
export type StartResult = ({ ok: true } & AppThread) | NotStarted;

export interface NotStarted {
  ok: false;
  message: string;
}

/** A named combination of settings that `/approvals` switches to. */
export type AppMode = Required<Pick<SettingsChange, "approval_policy" | "sandbox_mode" | "free_patches">> & {
  summary: string;
};

/** What commands need and front ends do not do themselves. */
export interface AppTools {
  /** Changes of the working tree as text; a message when there is no repository. */
  diff(cwd: string): Promise<Printable>;
  /** What the last turn of a thread changed, as text. Absent here and below: the front end has no use for it. */
  turnDiff?(thread: Thread): Promise<Printable>;
  /** What undo or redo would do to the files, to be shown, and the question whether it shall; or why nothing can be done. */
  restorePlan?(
    thread: Thread,
    asked:
      | { kind: "undo"; target: { turns: number } | { to: string }; force: boolean }
      | { kind: "redo"; force: boolean },
  ): Promise<{ ok: true; text: Printable; question: string } | { ok: false; text: Printable }>;
  /** Prompts that the person keeps in files; absent: the front end has no use for them. */
  promptFiles?(facts: AppThread["facts"]): PromptFile[];
  /** Lets the model draft an AGENTS.md; `print` shows what it does. */
  draftInstructions(
    print: (text: Printable) => void,
    signal: AbortSignal,
  ): Promise<{ ok: true; draft: { path: string; diff: string; save(): void } } | { ok: false; message: string }>;
  /** Models that the provider offers. Absent here and below: the front end has no use for it. */
  models?(signal: AbortSignal): Promise<{ ok: true; rows: PickRow[] } | { ok: false; message: string }>;
  /** Stored threads, the last used first, and which of them a name or the beginning of an id means. */
  threads?(): Promise<PickRow[]>;
  /** What the model is told about a review: of these words, or of everything that is not committed. */
  reviewPrompt?(words: string): string;
  /** Writes a thread (path of its rollout) into a file, its form by the name's end; says what became of it. */
  exportThread?(rollout: string, path: string): Promise<string>;
  /** A copy of the stored thread, without so many of the last things that the person said, and what came of them; null: as it is. */
  fork?(
    rollout: string,
    back: number | null,
  ): Promise<{ ok: true; thread_id: string; text: string } | { ok: false; message: string }>;
}
