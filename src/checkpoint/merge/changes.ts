import type { ChangedPath, EntryType } from "../contract.ts";
import { entryType } from "../disk/inode.ts";
import { ABSENT, type InodeId, nameKey } from "../format/record.ts";
import type { Merged, NameTouch, Toucher } from "./state.ts";
import { KnownTree } from "./tree.ts";

/** A name that means something else than before, or whose inode was changed. Ids are "" for nothing. */
export interface NameChange {
  kind: ChangedPath["kind"];
  key: { before: NameTouch | null; after: NameTouch | null };
}

/** What is known of the tree before, and after. */
interface KnownTrees {
  before: KnownTree;
  after: KnownTree;
}

/** The two trees of what was merged: each is as large as that, so they are made once. */
export const treesOf = (merged: Merged): KnownTrees => ({
  before: KnownTree.before(merged),
  after: KnownTree.after(merged),
});

/** What is different between before and after: names, then what they stand for. From the records alone; looks at no disk. */
export function nameChanges(merged: Merged, { before, after }: KnownTrees): NameChange[] {
  const renamed = new Map<InodeId, NameTouch>();
  for (const touch of after.names) {
    const old = before.nameOf(touch.child);
    if (old && isElsewhere(old, touch) && after.touch(nameKey(old.parent, old.name))?.child !== touch.child)
      renamed.set(touch.child, touch);
  }
  const changes: NameChange[] = [];
  for (const old of before.names) {
    const key = nameKey(old.parent, old.name);
    const now = after.hasDirectory(old.parent) ? after.touch(key) : { ...old, child: ABSENT };
    if (!now || (old.child === now.child && !isChanged(merged, old.child))) continue;
    if (now.child === ABSENT) {
      if (old.child !== ABSENT && !renamed.has(old.child))
        changes.push({ kind: "delete", key: { before: old, after: null } });
    } else if (renamed.get(now.child) !== now)
      changes.push({
        kind: old.child === ABSENT ? "create" : "update",
        key: { before: old.child === ABSENT ? null : old, after: now },
      });
  }
  for (const now of after.names)
    if (now.child !== ABSENT && !merged.names.has(nameKey(now.parent, now.name)) && !renamed.has(now.child))
      changes.push({ kind: "create", key: { before: null, after: now } });
  for (const [id, touch] of renamed)
    changes.push({ kind: "rename", key: { before: before.nameOf(id) ?? null, after: touch } });
  return changes;
}

const isElsewhere = (a: NameTouch, b: NameTouch) => a.parent !== b.parent || a.name !== b.name;

/** Whether an inode that kept its name is not what it was. */
function isChanged(merged: Merged, id: InodeId): boolean {
  const [meta, now] = [merged.metas.get(id), merged.after.inodes.get(id)];
  if (!meta || !now) return false;
  if (meta.mode !== now.mode || meta.uid !== now.uid || meta.gid !== now.gid) return true;
  return entryType(meta.mode) === "file" && (meta.size !== now.size || meta.mtime !== now.mtime);
}

/** The same, in the words of the contract. */
export function pathChanges(merged: Merged): ChangedPath[] {
  const trees = treesOf(merged);
  const { before, after } = trees;
  const sorted = nameChanges(merged, trees).map(({ kind, key }): ChangedPath => {
    const shown = key.after ?? key.before;
    const tree = key.after ? after : before;
    const sizes = { bytes_before: bytesBefore(merged, key.before), bytes_after: bytesAfter(merged, key.after) };
    return {
      path: shown ? tree.shownPath(shown) : "",
      kind,
      type: typeOf(merged, shown?.child ?? ABSENT),
      ...(kind === "rename" && key.before ? { from: before.shownPath(key.before) } : {}),
      ...toucherOf(merged, tree, shown),
      ...sizes,
      bytes_before: kind === "rename" ? (sizes.bytes_before ?? sizes.bytes_after) : sizes.bytes_before,
    };
  });
  return sorted.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function typeOf(merged: Merged, id: InodeId): EntryType {
  const mode = merged.after.inodes.get(id)?.mode ?? merged.metas.get(id)?.mode;
  return mode === undefined ? (merged.directories.has(id) ? "directory" : "other") : entryType(mode);
}

function bytesBefore(merged: Merged, touch: NameTouch | null): number | null {
  const meta = touch ? merged.metas.get(touch.child) : undefined;
  return meta && entryType(meta.mode) === "file" ? meta.size : null;
}

function bytesAfter(merged: Merged, touch: NameTouch | null): number | null {
  const now = touch ? merged.after.inodes.get(touch.child) : undefined;
  return now && entryType(now.mode) === "file" ? now.size : null;
}

/** Who touched a name last: itself, what it stands for, or the new directory that it came with. */
function toucherOf(merged: Merged, tree: KnownTree, touch: NameTouch | null): { by: Toucher["by"]; call_id: string } {
  for (let at = touch; at; ) {
    const found = merged.touchers?.get(at.child) ?? merged.touchers?.get(nameKey(at.parent, at.name));
    if (found) return { by: found.by, call_id: found.call_id };
    at = tree.nameOf(at.parent) ?? null;
  }
  return { by: "command", call_id: "" };
}

/** Bytes of files that are gone or shorter, and of those that are new or longer. */
export function byteSums(changes: readonly ChangedPath[]): { deleted_bytes: number; created_bytes: number } {
  const sums = { deleted_bytes: 0, created_bytes: 0 };
  for (const { bytes_before, bytes_after } of changes) {
    const growth = (bytes_after ?? 0) - (bytes_before ?? 0);
    if (growth > 0) sums.created_bytes += growth;
    else sums.deleted_bytes -= growth;
  }
  return sums;
}
