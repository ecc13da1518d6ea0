import type { ChangedPath, CheckpointGap, PlannedChange, UndoConflict } from "../protocol/index.ts";

export type {
  ChangedPath,
  ChangeMaker,
  CheckpointGap,
  EntryType,
  GapReason,
  PlannedChange,
  UndoConflict,
} from "../protocol/index.ts";

/** What a turn changed. All of its calls are taken together: what one made and the next removed is not in it. */
export interface TurnChanges {
  changes: ChangedPath[];
  gaps: CheckpointGap[];
  /** Bytes of files that are gone or shorter, and of those that are new or longer. */
  deleted_bytes: number;
  created_bytes: number;
}

/** Where the pre-images of a command go, and what of the disk is watched: what the launcher is told. */
export interface CapturePlan {
  /** A directory of this capture alone, made for it. Absolute. */
  directory: string;
  /** Absolute directories whose changes are kept. */
  roots: string[];
  /** Absolute directories that are passed over, whatever root they lie in. */
  skip: string[];
  /** Bytes of one file above which it is not copied (a file that is removed is linked and costs nothing). */
  fileCap: number;
  /** Bytes that one capture may copy. */
  totalCap: number;
}

/** How checkpoints of a running thread are opened. */
export interface CheckpointOptions {
  threadId: string;
  /** The workspace. Absolute, without symlinks. */
  root: string;
  /** More writable directories that the user named (not /tmp, not caches). Absolute, without symlinks. */
  writable?: readonly string[];
  /** MOAT_HOME. Absolute. */
  moatHome: string;
  now(): Date;
  /** false: nothing is recorded (`--undo off`); every method may be called all the same. */
  enabled: boolean;
  fileCap?: number;
  totalCap?: number;
}

/**
 * Checkpoints of a running thread: one turn after the other, each with calls that may run beside each other. No method
 * throws for what the disk refuses: what could not be kept is a gap.
 */
export interface Checkpoints {
  readonly enabled: boolean;
  /** Undos and redos that a killed process had left in the middle, and that opening finished. */
  readonly finished: readonly UndoOutcome[];
  /** A turn begins. What commands of earlier turns that still run change from now on belongs to it. */
  begin(turn_id: string): void;
  /** What the launcher is told for a command or a server that starts; null: record nothing. A call may ask more than once (a retry). */
  capture(call_id: string, by: "command" | "mcp"): CapturePlan | null;
  /** Keeps what is at these absolute paths before a patch changes them. The links in their directories are followed, those at their end not. */
  touch(call_id: string, paths: readonly string[]): void;
  /** The call has ended, its processes are gone: how it left things is noted. Called once for each call with a capture or a touch; also later than its turn (a background command). */
  sealed(call_id: string): Promise<void>;
  /** Nothing of a call is recorded (the launcher says so), and why. */
  missed(call_id: string, why: string): void;
  /** The turn has ended. Commands that still run are looked at as they are now. */
  close(): Promise<TurnChanges>;
  /** Compresses what is left to compress. Called when there is time and before the process ends; what is not done then is done by the next one. */
  settle(): Promise<void>;
}

/** Which thread's checkpoints, for functions that work on what is stored. Whoever changes something holds the thread's lock. */
export interface StoredCheckpoints {
  threadId: string;
  moatHome: string;
  now(): Date;
}

/** A turn that can be taken back, or was. */
export interface TurnSummary {
  turn_id: string;
  /** Counts up within the thread, from 1. */
  number: number;
  /** ISO 8601. */
  started: string;
  /** The workspace. Absolute. */
  root: string;
  /** `cut_off`: moat ended in the middle of it. What it changed is looked at when it is undone, or the thread goes on. */
  state: "done" | "undone" | "pruned" | "running" | "cut_off";
  changes: ChangedPath[];
  gaps: CheckpointGap[];
  /** Bytes that its pre-images take on disk now. */
  bytes: number;
  deleted_bytes: number;
  created_bytes: number;
}

/** What is asked for: the last so many turns, or everything from this turn on (its id, or its number). */
export type UndoTarget = { turns: number } | { to: string };

/** What undo or redo would do. Nothing is done yet; conflicts and gaps are known before anything starts. */
export interface UndoPlan {
  kind: "undo" | "redo";
  /** Newest first. */
  turns: TurnSummary[];
  changes: PlannedChange[];
  conflicts: UndoConflict[];
  gaps: CheckpointGap[];
  /** Bytes that would be written or moved back. */
  bytes: number;
  /** It overwrites, when forced, what the latest undo or redo kept, and nothing else. */
  rest?: true;
}

/** What undo or redo did. */
export interface UndoOutcome {
  kind: "undo" | "redo";
  turns: TurnSummary[];
  changes: PlannedChange[];
  /** Kept as they are. Empty when it was forced. */
  conflicts: UndoConflict[];
  gaps: CheckpointGap[];
  /** What went wrong on the way; that path was left as it is. */
  failures: UndoConflict[];
}

/** An undo or redo whose process was killed. */
export interface InterruptedUndo {
  kind: "undo" | "redo";
  /** Paths that it has not put right. */
  left: number;
}

/** A value, or why there is none: what happened, why, what to do next. */
export type Checked<Value> = { ok: true; value: Value } | { ok: false; message: string };

/** How one path differs. */
export interface PathDiff {
  path: string;
  from?: string;
  /** Unified diff with headers; absent for what is no text. */
  diff?: string;
  /** Lines about what is no text: sizes, modes, owners, links, types. */
  notes: string[];
}

/** Bytes of pre-images on disk. */
export interface CheckpointUsage {
  bytes: number;
  threads: number;
  turns: number;
}

/** A turn whose pre-images would go. */
export interface PrunedTurn {
  thread_id: string;
  turn_id: string;
  /** ISO 8601. */
  started: string;
  bytes: number;
}
