import { entryType } from "../disk/inode.ts";
import { type InodeId, nameKey } from "../format/record.ts";
import type { UnrecordedDirectory } from "./note-file.ts";
import type { Merged, NameTouch } from "./state.ts";
import { type Today, walkTree } from "./today.ts";

/** Names of inodes anywhere below the capture roots, and the directories on the way to them. */
export interface Elsewhere {
  names: NameTouch[];
  directories: UnrecordedDirectory[];
}

/**
 * Looks through all of the capture roots for names of inodes that were changed, and of which no recorded name is left: a second
 * name in a directory that nothing else touched. Rare, and the cost of a walk.
 */
export function findElsewhere(merged: Merged, placed: Today["directories"], ids: ReadonlySet<InodeId>): Elsewhere {
  const found: Elsewhere = { names: [], directories: [] };
  const told = new Set<InodeId>();
  for (const [root, { path, anchor }] of ids.size === 0 ? [] : placed) {
    if (!anchor) continue;
    const { entries } = walkTree({ id: root, path }, () => true, merged.canonical);
    const directories = new Map(
      entries.flatMap((entry) => (isDirectory(entry.inode.mode) ? [[entry.child, entry]] : [])),
    );
    for (const { parent, name, child } of entries) {
      if (!ids.has(child) || merged.names.has(nameKey(parent, name))) continue;
      found.names.push({ parent, name, child });
      for (let at = directories.get(parent); at && !told.has(at.child); at = directories.get(at.parent)) {
        told.add(at.child);
        found.directories.push({ parent: at.parent, name: at.name, child: at.child, path: at.path });
      }
    }
  }
  return found;
}

const isDirectory = (mode: number) => entryType(mode) === "directory";
