import type { Thread } from "../core/index.ts";
import type { Event, SettingsChange } from "../protocol/index.ts";
import type { Printable } from "../term/index.ts";

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
  };
  /** What happened in it before, as events, the oldest first. */
  past: Iterable<Event>;
  warnings: string[];
}

/** A thread that was to be started, or why it was not. */
export type StartResult = ({ ok: true } & AppThread) | { ok: false; message: string };

/** A named combination of settings that `/approvals` switches to. */
export type Mode = Required<Pick<SettingsChange, "approval_policy" | "sandbox_mode" | "free_patches">> & {
  summary: string;
};

/** What commands need and front ends do not do themselves. */
export interface AppTools {
  /** Changes of the working tree as text; a message when there is no repository. */
  diff(cwd: string): Promise<Printable>;
  /** Lets the model draft an AGENTS.md; `print` shows what it does. */
  draftInstructions(
    print: (text: Printable) => void,
    signal: AbortSignal,
  ): Promise<{ ok: true; draft: { path: string; diff: string; save(): void } } | { ok: false; message: string }>;
}
