import { lstatSync } from "node:fs";
import { libc, statCall } from "../../base/libc.ts";
import { type ByteText, toArgument } from "../format/byte-text.ts";
import { inodeId } from "../format/inode-id.ts";
import type { InodeId, InodeMeta } from "../format/record.ts";
import { AT_FDCWD, AT_SYMLINK_NOFOLLOW, PathRoom } from "./c-path.ts";

/** linux/stat.h: what is asked for, and that a time of birth is known. */
const STATX_BASIC_AND_BIRTH = 0xfff;
const STATX_BTIME = 0x800;
/** ENOENT and ENOTDIR (asm-generic/errno-base.h). */
const NOTHING = [2, 20];
const NS = 1_000_000_000n;

/** An inode as it is now, without what needs more than one look (extended attributes). */
export interface Inode extends Omit<InodeMeta, "xattrs"> {
  id: InodeId;
}

/** Where struct statx has what (linux/stat.h): it is the same on every machine. */
const AT = {
  mask: 0,
  nlink: 16,
  uid: 20,
  gid: 24,
  mode: 28,
  ino: 32,
  size: 40,
  blocks: 48,
  born: 80,
  mtime: 112,
  rdev: 128,
  dev: 136,
};
const SIZE = 256;

const room = new DataView(new ArrayBuffer(SIZE));
const bytes = new Uint8Array(room.buffer);
const paths = new PathRoom();

const u32 = (at: number) => room.getUint32(at, true);
const u64 = (at: number) => u32(at + 4) * 2 ** 32 + u32(at);

/**
 * What is at a path, no link at its end followed: one call, and no object but the answer. null: nothing is there. undefined: it cannot
 * be said this way, or it has what this way does not know.
 * @param directory an open one, where the path begins
 */
export function quickInode(path: ByteText, directory = AT_FDCWD): Inode | null | undefined {
  const found = look(path, directory);
  if (!found) return found;
  return {
    ...facts(),
    id: inodeId({
      major: u32(AT.dev),
      minor: u32(AT.dev + 4),
      inoHigh: u32(AT.ino + 4),
      inoLow: u32(AT.ino),
      born: u32(AT.born),
      bornNs: u32(AT.born + 8),
    }),
    nlink: u32(AT.nlink),
    rdev: 0n,
  };
}

/** What an inode is like, without what it is. */
export type InodeFacts = Pick<Inode, "mode" | "uid" | "gid" | "size" | "mtime">;

/** The same without what it is. */
export function quickFacts(path: ByteText): InodeFacts | null | undefined {
  const found = look(path, AT_FDCWD);
  return found ? facts() : found;
}

/** Bytes of a block as the system counts what a file takes (stat(2)). */
const BLOCK = 512;

/** Bytes on disk of what has no other name than this one; 0: it has, or nothing is there. */
export function soleBytes(path: ByteText): number {
  const found = look(path, AT_FDCWD);
  if (found) return u32(AT.nlink) === 1 ? u64(AT.blocks) * BLOCK : 0;
  if (found === null) return 0;
  const stats = lstatSync(toArgument(path), { throwIfNoEntry: false });
  return stats?.nlink === 1 ? stats.blocks * BLOCK : 0;
}

/** Whether `room` says of a path what can be said this way. */
function look(path: ByteText, directory: number): true | null | undefined {
  const statx = statCall();
  if (!statx) return undefined;
  if (statx.statx(directory, paths.put(path), AT_SYMLINK_NOFOLLOW, STATX_BASIC_AND_BIRTH, bytes) !== 0)
    return NOTHING.includes(libc().errno()) ? null : undefined;
  const isBorn = (u32(AT.mask) & STATX_BTIME) !== 0 && u32(AT.born + 4) === 0;
  return isBorn && u32(AT.rdev) === 0 && u32(AT.rdev + 4) === 0 ? true : undefined;
}

const facts = (): InodeFacts => ({
  mode: room.getUint16(AT.mode, true),
  uid: u32(AT.uid),
  gid: u32(AT.gid),
  size: u64(AT.size),
  mtime: room.getBigInt64(AT.mtime, true) * NS + BigInt(u32(AT.mtime + 8)),
});
