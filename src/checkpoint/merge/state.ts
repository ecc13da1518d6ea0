import type { GapReason } from "../contract.ts";
import type { ByteText } from "../format/byte-text.ts";
import type { InodeId, InodeMeta, KeptContent } from "../format/record.ts";
import type { NotedInode } from "./note-file.ts";
import type { Segment } from "./segment.ts";

/** A name of a directory, with what stood there before the first touch ("" for nothing). */
export interface NameTouch {
  parent: InodeId;
  name: ByteText;
  child: InodeId;
}

/** Where a directory was when it was recorded. */
export interface DirectoryFact {
  parent: InodeId;
  name: ByteText;
  path: ByteText;
}

/** Content, with the capture that has it. */
export interface LocatedContent {
  content: KeptContent;
  directory: string;
  /** The link as it was when its call was closed; absent: not known. */
  noted?: { size: number; mtime: bigint };
}

export interface MergedGap {
  reason: GapReason;
  id: InodeId;
  path: ByteText;
}

/** Which call it was. */
export type Toucher = Pick<Segment, "by" | "call_id">;

/** The state before all of the segments, as far as they touched it, and after them. */
export interface Merged {
  names: Map<string, NameTouch>;
  /** The facts of the first record and of the last one: between them a directory above may have been renamed. */
  directories: Map<InodeId, { first: DirectoryFact; last: DirectoryFact }>;
  metas: Map<InodeId, InodeMeta>;
  /** In the order of time; one alone is in no list. null stands for content that could not be kept. */
  contents: Map<InodeId, LocatedContent | null | (LocatedContent | null)[]>;
  gaps: MergedGap[];
  /** After: the last note of each name and inode. */
  after: { names: Map<string, NameTouch>; inodes: Map<InodeId, NotedInode> };
  /** Names (their keys) and inodes that somebody else changed in between: "before" is what he left. */
  foreign: Set<string>;
  /** Who touched a name (its key) or an inode last; null: that was not asked. */
  touchers: Map<string, Toucher> | null;
  /** Names that no journal has: notes know them. */
  found: NameTouch[];
  /** How many there were. */
  records: number;
  /** Those whose journal ends early. */
  cut: Segment[];
  /** The inode that a directory stands for that undo made again; otherwise itself. */
  canonical(id: InodeId): InodeId;
}
