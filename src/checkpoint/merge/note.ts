import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { entryType, type Inode, inodeAt } from "../disk/inode.ts";
import { type ByteText, childPath, toBytes } from "../format/byte-text.ts";
import { ABSENT, type InodeId, nameKey } from "../format/record.ts";
import { type Merged, mergeSegments, type NameTouch } from "./merged.ts";
import type { NotedInode, StateNote } from "./note-file.ts";
import type { Segment } from "./segment.ts";
import { lookAround, namesIn, type Today, walkTree } from "./today.ts";
import { KnownTree } from "./tree.ts";

/** Content of a changed file is noted up to this: reading it costs less than a second look by a person. */
const HASHED = 256 * 1024;

/** How everything that a call touched is now, when it has ended. */
export function takeNote(segment: Segment): StateNote {
  const merged = mergeSegments([[segment]]);
  const today = lookAround(merged);
  const before = KnownTree.before(merged);
  const note: StateNote = {
    names: [],
    found: findNameless(merged, today, before),
    inodes: new Map(),
    links: notedLinks(segment),
  };
  for (const touch of [...merged.names.values(), ...note.found]) {
    const path = pathOf(today, touch);
    const inode = path === null ? null : (today.names.get(nameKey(touch.parent, touch.name)) ?? inodeAt(path));
    const child = inode ? merged.canonical(inode.id) : ABSENT;
    note.names.push({ ...touch, child });
    if (!inode || path === null) continue;
    note.inodes.set(child, noted(inode, path, true));
    if (entryType(inode.mode) === "directory" && child !== touch.child && !before.nameOf(child))
      noteTree(note, { id: child, path }, merged, before);
  }
  return note;
}

/** All of a directory that is new; what was moved into it is noted where it was touched. */
function noteTree(
  note: StateNote,
  directory: { id: InodeId; path: ByteText },
  merged: Merged,
  before: KnownTree,
): void {
  const { entries } = walkTree(directory, (id) => !before.nameOf(id), merged.canonical);
  for (const { parent, name, child, inode, path } of entries) {
    note.names.push({ parent, name, child });
    if (!note.inodes.has(child)) note.inodes.set(child, noted(inode, path, false));
  }
}

function noted(inode: Inode, path: ByteText, withHash: boolean): NotedInode {
  const { mode, uid, gid, size, mtime } = inode;
  const hash = withHash && entryType(mode) === "file" && size <= HASHED ? hashOf(path) : null;
  return { mode, uid, gid, size, mtime, ...(hash === null ? {} : { hash }) };
}

/** Tells contents apart; not a defence against forgery. null: it cannot be read. */
export function hashOf(path: ByteText): string | null {
  try {
    return Bun.hash.xxHash3(readFileSync(toBytes(path))).toString(36);
  } catch {
    return null;
  }
}

function pathOf(today: Today, { parent, name }: NameTouch): ByteText | null {
  const directory = today.directories.get(parent);
  return directory ? childPath(directory.path, name) : null;
}

/** Files that were written into and have more names than were recorded. */
function writtenElsewhere(merged: Merged): InodeId[] {
  const names = Map.groupBy(merged.names.values(), ({ child }) => child);
  const isWritten = (id: InodeId) => merged.contents.get(id)?.some((kept) => kept?.content.kind !== "link");
  return [...merged.metas].flatMap(([id, { mode, nlink }]) =>
    entryType(mode) === "file" && nlink > (names.get(id)?.length ?? 0) && isWritten(id) ? [id] : [],
  );
}

/** Names that were not recorded of inodes that were changed: looked for in the directories that were recorded. */
function findNameless(merged: Merged, today: Today, before: KnownTree): NameTouch[] {
  const nameless = new Set([...merged.metas.keys()].filter((id) => !before.nameOf(id)));
  for (const id of writtenElsewhere(merged)) nameless.add(id);
  const found: NameTouch[] = [];
  for (const [id, { parent, name, anchor }] of today.directories)
    if (nameless.delete(id) && !anchor) found.push({ parent, name, child: id });
  for (const [parent, { path }] of nameless.size === 0 ? [] : today.directories) {
    for (const name of namesIn(path)) {
      const inode = merged.names.has(nameKey(parent, name)) ? null : inodeAt(childPath(path, name));
      const child = inode ? merged.canonical(inode.id) : ABSENT;
      if (nameless.has(child)) found.push({ parent, name, child });
    }
  }
  return found;
}

function notedLinks(segment: Segment): StateNote["links"] {
  const links: StateNote["links"] = new Map();
  for (const record of segment.records) {
    if (record.type !== "content" || record.content.kind !== "link") continue;
    const { number } = record.content;
    const stats = lstatSync(join(segment.directory, "links", `${number}`), { bigint: true, throwIfNoEntry: false });
    if (stats) links.set(number, { size: Number(stats.size), mtime: stats.mtimeNs });
  }
  return links;
}
