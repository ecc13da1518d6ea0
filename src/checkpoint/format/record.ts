import type { GapReason } from "../contract.ts";
import type { ByteText } from "./byte-text.ts";

/**
 * An inode: device, number and time of birth, because numbers are used again. The very bytes that the journal has, one character a byte;
 * "" is absent.
 */
export type InodeId = string;

/** Of the id of nothing. */
export const ABSENT: InodeId = "";

export const JOURNAL_VERSION = 1;

/** What an inode has beside its content. */
export interface InodeMeta {
  /** st_mode whole, with the type. */
  mode: number;
  uid: number;
  gid: number;
  nlink: number;
  rdev: bigint;
  size: number;
  /** ns. */
  mtime: bigint;
  xattrs: [ByteText, ByteText][];
}

/** Where the content of an inode is kept. */
export type KeptContent =
  | { kind: "pack"; offset: number; length: number }
  | { kind: "link"; number: number }
  | { kind: "symlink"; target: ByteText }
  /** In the thread's store of objects, by the SHA-256 of its bytes in hex. */
  | { kind: "object"; length: number; hash: string };

/** A record of the journal; `time` is ns since 1970. */
export type JournalRecord = { time: bigint } & (
  | { type: "begin"; version: number; epoch: number }
  | { type: "directory"; id: InodeId; parent: InodeId; name: ByteText; path: ByteText }
  | { type: "name"; parent: InodeId; child: InodeId; name: ByteText }
  | { type: "meta"; id: InodeId; meta: InodeMeta }
  | { type: "content"; id: InodeId; content: KeptContent }
  | { type: "gap"; id: InodeId; reason: GapReason; path: ByteText }
  | { type: "end"; complete: boolean }
);

/** What a record tells of. */
export type RecordType = JournalRecord["type"];

/** A record of some types. */
export type RecordOf<Type extends RecordType> = Extract<JournalRecord, { type: Type }>;

/** The numbers of record types, as the journal has them. */
export const TYPES = { begin: 1, directory: 2, name: 3, meta: 4, content: 5, gap: 6, end: 7 } as const;

/** The numbers of kinds of content. */
export const KINDS = { pack: 1, link: 2, symlink: 3, object: 4 } as const;

/** Gaps by their number in the journal, from 1. Those after `git` are never written there. */
export const GAP_REASONS: readonly GapReason[] = [
  "over_file_cap",
  "over_turn_cap",
  "no_space",
  "unreadable",
  "caller_unreadable",
  "path_unresolvable",
  "not_keepable",
  "io_error",
  "git",
];

/** u32 size, u32 crc, u8 type, 7 zero, u64 time. */
export const HEADER = 24;
/** Where in a record begins what its sum is of: behind its size and the sum itself. */
export const CHECKED = 8;
/** Records are padded to this. */
export const ALIGN = 8;
/** u64 dev, u64 ino, u64 time of birth. */
export const ID_BYTES = 24;

/** The key of a name in a directory. */
export const nameKey = (parent: InodeId, name: ByteText): string => `${parent}/${name}`;
