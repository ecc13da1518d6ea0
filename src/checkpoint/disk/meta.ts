import type { ByteText } from "../format/byte-text.ts";
import type { InodeMeta } from "../format/record.ts";
import { readAttributes } from "./attributes.ts";
import { permissions } from "./inode.ts";
import type { InodeFacts } from "./stat.ts";

/** Whether what is at a path, as it was looked at, has the owner, permissions, attributes and time of `meta` already. */
export function isAsMeta(inode: InodeFacts, path: ByteText, meta: InodeMeta): boolean {
  if (!hasOwner(inode, meta) || inode.mtime !== meta.mtime) return false;
  return permissions(inode.mode) === permissions(meta.mode) && hasAttributes(path, meta.xattrs);
}

export const hasOwner = (inode: InodeFacts, meta: InodeMeta): boolean =>
  inode.uid === meta.uid && inode.gid === meta.gid;

/** Whether a path has these extended attributes and no others. */
export function hasAttributes(path: ByteText, wanted: InodeMeta["xattrs"]): boolean {
  const found = readAttributes(path);
  if (found.length !== wanted.length) return false;
  const now = new Map(found);
  return wanted.every(([name, value]) => now.get(name) === value);
}
