import type { CheckpointGap, PlannedChange, UndoConflict } from "../contract.ts";
import type { Inode } from "../disk/inode.ts";
import type { ByteText } from "../format/byte-text.ts";
import type { InodeId, InodeMeta } from "../format/record.ts";
import type { Available } from "../merge/content.ts";
import type { Merged, NameTouch } from "../merge/state.ts";
import type { Today } from "../merge/today.ts";
import type { KnownTree } from "../merge/tree.ts";

/** A name that stands for something now. */
export interface Standing {
  parent: InodeId;
  name: ByteText;
  /** Canonical. */
  id: InodeId;
  inode: Inode;
  /** Absolute. */
  path: ByteText;
}

/** Something that has to stand at a name again. */
export interface Attach {
  touch: NameTouch;
  /** `held`: it was put aside; `name`: it has another name; the others are made from what was kept. */
  from: { kind: "held" } | { kind: "name"; of: NameTouch } | { kind: "directory" } | { kind: "pipe" } | Available;
  /** What it takes the place of; null: the name is free by then. */
  over: Standing | null;
}

/** All that has to be done, in the order in which it is done. */
export interface UndoWork {
  /** What is still asked of it: all of it is as large again. */
  merged: Pick<Merged, "metas" | "canonical">;
  before: KnownTree;
  today: Today;
  /** Put aside, because another name needs them. */
  detach: Standing[];
  /** Removed, deepest first. What a file replaces is not in it. */
  remove: Standing[];
  /** Directories that are gone through for what is removed. */
  trees: Standing[];
  /** Directories above what they hold. */
  attach: Attach[];
  /** Content written into an inode that stays: `replace` it by a new file, or write into it, where it has other names. */
  rewrite: { at: Standing; content: Available; inPlace: boolean }[];
  /** Files that lose a name and have others, which may not be known: the content that they get first; null: only what else they are. */
  parting: Map<InodeId, Available | null>;
  /** Inodes that are where they belong, or will be, and whose permissions, owner, times or attributes are to be set. */
  metadata: Set<InodeId>;
  changes: PlannedChange[];
  conflicts: UndoConflict[];
  gaps: CheckpointGap[];
  bytes: number;
  /** Paths that an undo touched before it was killed, and that somebody made or changed since. */
  others: Set<ByteText>;
}

/** What an undo that was killed did already. */
export interface Begun {
  /** Keys of names and ids of inodes that it touched: what is different there is its own work. */
  touched: ReadonlySet<string>;
  /** What stood at each name (by its key) when it touched it; canonical, "" for nothing. */
  found: ReadonlyMap<string, InodeId>;
  /** Inodes as it found them. */
  inodes: ReadonlyMap<InodeId, InodeMeta>;
  /** Inodes that it writes into: the content may be half of each. */
  written: ReadonlySet<InodeId>;
  /** Files that it made, by the inode that each stands for. */
  made: ReadonlyMap<InodeId, InodeId>;
  /** What lies in its directories for what is put aside. */
  held: ReadonlyMap<InodeId, Standing>;
}
