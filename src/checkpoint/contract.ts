/** What made a change. */
export type ChangeMaker = "patch" | "command" | "mcp";

/** What stands, or stood, at a path. `other`: a pipe, a socket or a device. */
export type EntryType = "file" | "directory" | "symlink" | "other";

/** One path that a call or a turn changed, from how it was before to how it is after. */
export interface ChangedPath {
  /** Absolute; bytes that are no UTF-8 are shown as U+FFFD. A renamed path is the new one. */
  path: string;
  kind: "create" | "update" | "delete" | "rename";
  type: EntryType;
  /** Of a rename: the old path, absolute. */
  from?: string;
  by: ChangeMaker;
  call_id: string;
  /** Bytes of a file before; null where there was none or it is no file. */
  bytes_before: number | null;
  /** Bytes of a file after; null where there is none or it is no file. */
  bytes_after: number | null;
}

/** Why something could not be kept, by the number that the journal has. */
export type GapReason =
  | "over_file_cap"
  | "over_turn_cap"
  | "no_space"
  | "unreadable"
  | "caller_unreadable"
  | "path_unresolvable"
  | "not_keepable"
  | "io_error"
  | "git"
  | "not_recorded"
  | "pruned";

/** Something that cannot be taken back, or may not be. */
export interface CheckpointGap {
  reason: GapReason;
  /** Absolute; null: it is not known which file. */
  path: string | null;
  /** The reason in words for people, without the path. */
  why: string;
}

/** What a turn changed. All of its calls are taken together: what one made and the next removed is not in it. */
export interface TurnChanges {
  changes: ChangedPath[];
  gaps: CheckpointGap[];
  /** Bytes on disk that its pre-images take, before they are compressed. */
  bytes: number;
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
  /** Watch the whole disk but for /proc, /sys, /dev and /tmp (`danger-full-access`). */
  everywhere?: boolean;
}

/**
 * Checkpoints of a running thread: one turn after the other, each with calls that may run beside each other. No method
 * throws for what the disk refuses: what could not be kept is a gap.
 */
export interface Checkpoints {
  readonly enabled: boolean;
  /** A turn begins. What commands of earlier turns that still run change from now on belongs to it. */
  begin(turn: { turn_id: string; user_message: number }): void;
  /** What the launcher is told for a command or a server that starts; null: record nothing. A call may ask more than once (a retry). */
  capture(call_id: string, by: "command" | "mcp"): CapturePlan | null;
  /** Keeps what is at these absolute paths before a patch changes them. The links in their directories are followed, those at their end not. */
  touch(call_id: string, paths: readonly string[]): void;
  /** The call has ended, its processes are gone: what it changed. Called once for each call with a capture or a touch; also later than its turn (a background command). */
  sealed(call_id: string): Promise<ChangedPath[]>;
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
  /** Which user message of the thread began it, from 0. */
  user_message: number;
  /** ISO 8601. */
  started: string;
  /** The workspace. Absolute. */
  root: string;
  state: "done" | "undone" | "pruned" | "running";
  changes: ChangedPath[];
  gaps: CheckpointGap[];
  /** Bytes that its pre-images take on disk now. */
  bytes: number;
  deleted_bytes: number;
  created_bytes: number;
}

/** What is asked for: the last so many turns, or everything from this turn on (its id, or its number). */
export type UndoTarget = { turns: number } | { to: string };

/** One path that undo would change, said as what undo does. */
export interface PlannedChange {
  path: string;
  kind: "restore" | "remove" | "rewrite" | "move" | "metadata";
  type: EntryType;
  /** Of a move: where it is now, absolute. */
  from?: string;
}

/** A path that somebody changed after the turn. It is kept unless undo is forced. */
export interface UndoConflict {
  path: string;
  /** What is different, for people: "changed after the turn", "removed after the turn" … */
  why: string;
}

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
  /** The first user message that would no longer have happened, from 0. */
  user_message: number;
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
