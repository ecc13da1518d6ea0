import { entryType, type Inode, permissions } from "../disk/inode.ts";
import type { ByteText } from "../format/byte-text.ts";
import { type InodeId, nameKey } from "../format/record.ts";
import type { Merged } from "../merge/merged.ts";
import { hashOf } from "../merge/note.ts";

/** A place of today: a name and what it stands for. */
export interface FoundName {
  parent: InodeId;
  name: ByteText;
  /** Canonical id and facts; null: nothing is there. */
  found: { id: InodeId; inode: Inode } | null;
  path: ByteText;
}

/**
 * What somebody did to a name since the last call that touched it was closed, in words; null: nothing. A directory counts by
 * what it is alone: what is in it has names of its own.
 */
export function drift(merged: Merged, { parent, name, found, path }: FoundName): string | null {
  const noted = merged.after.names.get(nameKey(parent, name));
  if (!noted) return found ? "made after the turn" : null;
  if (!found) return noted.child === "" ? null : "removed after the turn";
  if (noted.child === "") return "made after the turn";
  const before = merged.after.inodes.get(noted.child);
  if (!before) return noted.child === found.id ? null : "replaced after the turn";
  const now = found.inode;
  if (entryType(before.mode) !== entryType(now.mode)) return "replaced after the turn";
  if (permissions(before.mode) !== permissions(now.mode) || before.uid !== now.uid || before.gid !== now.gid)
    return "its permissions were changed after the turn";
  const same = noted.child === found.id;
  if (entryType(now.mode) !== "file") return same ? null : "replaced after the turn";
  if (same && before.size === now.size && before.mtime === now.mtime) return null;
  const equal = before.hash !== undefined && before.size === now.size && hashOf(path) === before.hash;
  return equal ? null : "changed after the turn";
}
