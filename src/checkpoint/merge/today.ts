import { readdirSync } from "node:fs";
import { entryType, type Inode, inodeAt } from "../disk/inode.ts";
import { type ByteText, childPath, fromBytes, toBytes } from "../format/byte-text.ts";
import { type InodeId, nameKey } from "../format/record.ts";
import { GIT } from "../record/touch.ts";
import type { DirectoryFact, Merged, NameTouch } from "./state.ts";

/** A directory of today: where it is. */
export interface PlacedDirectory {
  /** Not placed itself for a capture root. */
  parent: InodeId;
  name: ByteText;
  path: ByteText;
  /** It is a capture root: `path` is where to begin. */
  anchor: boolean;
  /** The inode that stands for it now. */
  actual: InodeId;
}

/** What of the touched tree is on disk now. */
export interface Today {
  directories: Map<InodeId, PlacedDirectory>;
  /** What touched names stand for now; null for nothing. Absent: their directory is gone, or they may not be looked at. */
  names: Map<string, Inode | null>;
}

/**
 * Finds the recorded directories where they are now, by what they are and not by their path, and what touched names stand
 * for. `held`: directories that an undo put aside.
 */
export function lookAround(
  merged: Merged,
  held: ReadonlyMap<InodeId, Omit<PlacedDirectory, "actual">> = new Map(),
): Today {
  const names: Today["names"] = new Map();
  return { directories: findDirectories(merged, held, (key, inode) => names.set(key, inode)), names };
}

/** The same, and each name is told: there are as many as a turn touched. What may not be looked at is not told. */
export function findDirectories(
  merged: Merged,
  held: ReadonlyMap<InodeId, Omit<PlacedDirectory, "actual">>,
  tell: (key: string, inode: Inode | null, path: ByteText) => void,
): Today["directories"] {
  const directories: Today["directories"] = new Map();
  const touched = Map.groupBy(merged.names.values(), (touch) => touch.parent);
  const children = childrenOf(merged);
  const queue: InodeId[] = [];
  const place = (id: InodeId, placed: Omit<PlacedDirectory, "actual">) => {
    const actual = directories.has(id) ? null : directoryAt(merged, placed.path, id);
    if (actual === null) return;
    directories.set(id, { ...placed, actual });
    queue.push(id);
  };
  for (const [id, placed] of held) place(id, placed);
  for (const [id, facts] of merged.directories) {
    for (const { parent, name, path } of [facts.last, facts.first])
      if (!merged.directories.has(parent)) place(id, { parent, name, path, anchor: true });
  }
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const { path } = directories.get(id) ?? { path: "" };
    for (const { name } of touched.get(id) ?? []) {
      const at = childPath(path, name);
      const inode = safely(at);
      if (inode !== undefined) tell(nameKey(id, name), inode, at);
      const child = inode && merged.canonical(inode.id);
      if (child && merged.directories.has(child)) place(child, { parent: id, name, path: at, anchor: false });
    }
    for (const [child, name] of children.get(id) ?? [])
      place(child, { parent: id, name, path: childPath(path, name), anchor: false });
  }
  return directories;
}

/** Recorded directories by the directory above them. */
function childrenOf(merged: Merged): Map<InodeId, [InodeId, ByteText][]> {
  const children = new Map<InodeId, [InodeId, ByteText][]>();
  const add = (id: InodeId, { parent, name }: DirectoryFact) => {
    const list = children.get(parent);
    if (list) list.push([id, name]);
    else children.set(parent, [[id, name]]);
  };
  for (const [id, { first, last }] of merged.directories) {
    add(id, last);
    if (last.parent !== first.parent || last.name !== first.name) add(id, first);
  }
  return children;
}

/** The inode of the directory at a path, if it is the one that is meant. */
function directoryAt(merged: Merged, path: ByteText, id: InodeId): InodeId | null {
  const inode = safely(path);
  const fits = inode && entryType(inode.mode) === "directory" && merged.canonical(inode.id) === id;
  return fits ? inode.id : null;
}

/** undefined: it may not be looked at. */
function safely(path: ByteText): Inode | null | undefined {
  try {
    return inodeAt(path);
  } catch {
    return undefined;
  }
}

/** A thing in a tree, parents before what they hold. */
export interface TreeEntry extends NameTouch {
  inode: Inode;
  path: ByteText;
}

/**
 * All that lies below a directory, itself not; not into directories for which `enter` says no. Links are not followed. Ids
 * are canonical. `git`: something of it is named `.git`; that is left out.
 */
export function walkTree(
  directory: { id: InodeId; path: ByteText },
  enter: (id: InodeId) => boolean,
  canonical: (id: InodeId) => InodeId,
): { entries: TreeEntry[]; git: boolean } {
  const found = { entries: [] as TreeEntry[], git: false };
  const open = [directory];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const name of namesIn(at.path)) {
      if (name === GIT) {
        found.git = true;
        continue;
      }
      const path = childPath(at.path, name);
      const inode = safely(path);
      if (!inode) continue;
      const id = canonical(inode.id);
      found.entries.push({ parent: at.id, name, child: id, inode, path });
      if (entryType(inode.mode) === "directory" && enter(id)) open.push({ id, path });
    }
  }
  return found;
}

/** Names in a directory; none when it may not be read. */
export function namesIn(path: ByteText): ByteText[] {
  try {
    return readdirSync(toBytes(path), { encoding: "buffer" }).map(fromBytes);
  } catch {
    return [];
  }
}
