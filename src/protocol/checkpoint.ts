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
  /** Item of the call that changed it last. */
  call_id: string;
  /** Bytes of a file before; null where there was none or it is no file. */
  bytes_before: number | null;
  /** Bytes of a file after; null where there is none or it is no file. */
  bytes_after: number | null;
}

/** Why something could not be kept. */
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

/**
 * What a turn changed on the disk, in the record that closes it. Lists are cut after `MAX_LISTED` entries; the numbers are of all
 * of it.
 */
export interface TurnFiles {
  changes: ChangedPath[];
  /** How many paths were changed. */
  count: number;
  /** Of files that commands changed and `changes` does not name: how many, and the calls that did. Absent: none. */
  unlisted?: { count: number; call_ids: string[] };
  /** Bytes of files that are gone or shorter. */
  deleted_bytes: number;
  /** Bytes of files that are new or longer. */
  created_bytes: number;
  /** What `undo` could not take back. */
  gaps: CheckpointGap[];
}

/** Paths that one event lists: a turn that unpacks an archive changes tens of thousands. */
export const MAX_LISTED = 100;

/** One path that undo or redo changes, said as what it does. */
export interface PlannedChange {
  path: string;
  kind: "restore" | "remove" | "rewrite" | "move" | "metadata";
  type: EntryType;
  /** Of a move: where it was, absolute. */
  from?: string;
}

/** A path that somebody changed after the turn. It is kept unless undo is forced. */
export interface UndoConflict {
  path: string;
  /** What is different, for people: "changed after the turn", "removed after the turn" … */
  why: string;
}

/** What undo or redo did. Lists are cut as those of `TurnFiles`. */
export interface RestoredFiles {
  kind: "undo" | "redo";
  /** Ids of the turns, the latest first. */
  turns: string[];
  changes: PlannedChange[];
  /** How many paths were changed. */
  count: number;
  /** Paths that were kept as they are. */
  conflicts: UndoConflict[];
  /** What had not been recorded. */
  gaps: CheckpointGap[];
  /** What went wrong on the way; that path was left as it is. */
  failures: UndoConflict[];
}
