import * as fs from "node:fs";
import type { EntryType } from "../contract.ts";
import { type ByteText, toArgument } from "../format/byte-text.ts";
import { inodeIdOf } from "../format/inode-id.ts";
import type { InodeMeta } from "../format/record.ts";
import { readAttributes } from "./attributes.ts";
import { type Inode, type InodeFacts, quickFacts, quickInode } from "./stat.ts";

export type { Inode } from "./stat.ts";

/** The bits of st_mode that say the type (inode(7)). */
const S_IFMT = 0o170000;
const TYPES = new Map<number, EntryType>([
  [0o100000, "file"],
  [0o040000, "directory"],
  [0o120000, "symlink"],
]);
/** Of a named pipe. */
export const S_IFIFO = 0o010000;

export const entryType = (mode: number): EntryType => TYPES.get(mode & S_IFMT) ?? "other";
export const isFifo = (mode: number): boolean => (mode & S_IFMT) === S_IFIFO;
/** Its permissions with set-id and sticky bits. */
export const permissions = (mode: number): number => mode & 0o7777;

/** What is at a path, no link at its end followed; null where nothing is. Throws what else the system says (EACCES …). */
export function inodeAt(path: ByteText): Inode | null {
  const quick = quickInode(path);
  if (quick !== undefined) return quick;
  try {
    const stats = fs.lstatSync(toArgument(path), { bigint: true, throwIfNoEntry: false });
    return stats ? inodeOf(stats) : null;
  } catch (error) {
    if (["ENOTDIR", "ENOENT"].includes(codeOf(error))) return null;
    throw error;
  }
}

/** What it is like, in the same way. */
export function factsAt(path: ByteText): InodeFacts | null {
  const quick = quickFacts(path);
  return quick === undefined ? inodeAt(path) : quick;
}

/** What an open descriptor is of. */
export function inodeOfDescriptor(fd: number): Inode {
  return inodeOf(fs.fstatSync(fd, { bigint: true }));
}

function inodeOf(stats: fs.BigIntStats): Inode {
  return {
    id: inodeIdOf(deviceNumber(stats.dev), stats.ino, stats.birthtimeNs),
    mode: Number(stats.mode),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    nlink: Number(stats.nlink),
    rdev: stats.rdev,
    size: Number(stats.size),
    mtime: stats.mtimeNs,
  };
}

/** From the C library's one number to `major << 32 | minor` (gnu_dev_major(3)). */
function deviceNumber(dev: bigint): bigint {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n);
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n);
  return (major << 32n) | minor;
}

/** All that an inode has beside its content. */
export function metaOf(inode: Inode, path: ByteText): InodeMeta {
  const { mode, uid, gid, nlink, rdev, size, mtime } = inode;
  return { mode, uid, gid, nlink, rdev, size, mtime, xattrs: readAttributes(path) };
}

/** The system's code of an error, or an empty string. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
