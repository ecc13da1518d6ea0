import * as fs from "node:fs";
import { setModified, writeAttributes } from "../disk/attributes.ts";
import { chmodInode } from "../disk/directories.ts";
import { entryType, type Inode, inodeAt, inodeOfDescriptor, permissions } from "../disk/inode.ts";
import { hasOwner, isAsMeta } from "../disk/meta.ts";
import { type ByteText, toBytes } from "../format/byte-text.ts";
import type { InodeMeta } from "../format/record.ts";
import { MADE_FILE, WRITABLE } from "./modes.ts";

/** Writes a new file. Not forced to the disk: what it is made from is kept until long after. */
export function writeNewFile(path: ByteText, bytes: Uint8Array): void {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = fs.constants;
  const fd = fs.openSync(toBytes(path), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, MADE_FILE);
  try {
    writeWhole(fd, bytes);
  } finally {
    fs.closeSync(fd);
  }
}

/** Writes into an inode that keeps its names. */
export function overwriteInode(path: ByteText, inode: Inode, bytes: Uint8Array): void {
  if ((inode.mode & WRITABLE) === 0) chmodInode(path, inode.id, permissions(inode.mode) | WRITABLE);
  const fd = fs.openSync(toBytes(path), fs.constants.O_WRONLY | fs.constants.O_NOFOLLOW);
  try {
    if (inodeOfDescriptor(fd).id !== inode.id) throw new Error("another file took its place");
    writeWhole(fd, bytes);
    fs.ftruncateSync(fd, bytes.length);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += fs.writeSync(fd, bytes, done, bytes.length - done, done);
}

/** Whether what is at a path has the owner, permissions, attributes and time of `meta` already. */
export function hasMeta(path: ByteText, meta: InodeMeta): boolean {
  const inode = inodeAt(path);
  return inode !== null && isAsMeta(inode, path, meta);
}

/** Gives what is at a path the owner, permissions, attributes and time of `meta`. What could not be set, in words. */
export function setMeta(path: ByteText, meta: InodeMeta): string[] {
  const inode = inodeAt(path);
  if (!inode) throw new Error("it is gone");
  const missing: string[] = [];
  const attempt = (what: string, set: () => unknown) => {
    try {
      if (set() === false) missing.push(what);
    } catch {
      missing.push(what);
    }
  };
  if (!hasOwner(inode, meta)) attempt("owner", () => fs.lchownSync(toBytes(path), meta.uid, meta.gid));
  attempt("extended attributes", () => writeAttributes(path, meta.xattrs));
  // After the owner: a change of that takes the set-id bits away. A link has none.
  if (entryType(inode.mode) !== "symlink")
    attempt("permissions", () => chmodInode(path, inode.id, permissions(meta.mode)));
  attempt("time", () => setModified(path, meta.mtime));
  return missing;
}
