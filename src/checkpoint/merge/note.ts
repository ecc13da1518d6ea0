import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { entryType, type Inode, inodeAt } from "../disk/inode.ts";
import { type ByteText, childPath, toBytes } from "../format/byte-text.ts";
import { ABSENT, type InodeId, nameKey } from "../format/record.ts";
import { findElsewhere } from "./elsewhere.ts";
import { mergeSegments } from "./merged.ts";
import type { NotedInode, StateNote } from "./note-file.ts";
import type { Segment } from "./segment.ts";
import type { Merged, NameTouch } from "./state.ts";
import { lookAround, namesIn, type Today, walkTree } from "./today.ts";
import { KnownTree } from "./tree.ts";

/** Content of a changed file is noted up to this: reading it costs less than a second look by a person. */
const HASHED = 256 * 1024;

/**
 * How everything that a call touched is now, when it has ended. `time` is now, in ns. `others`: given for an undo, which records each
 * name that it makes, so that nothing else in a new directory is its own; where it names a path, the undo left nothing there.
 */
export function takeNote(segment: Segment, time: bigint, others: ReadonlySet<ByteText> | null = null): StateNote {
  const merged = mergeSegments([[segment]]);
  const today = lookAround(merged);
  const before = KnownTree.before(merged);
  const nameless = findNameless(merged, today, before);
  const elsewhere = findElsewhere(merged, today, lostInodes(merged, today, before, nameless));
  const note: StateNote = {
    time,
    names: [],
    found: [...nameless, ...elsewhere.names],
    directories: elsewhere.directories,
    inodes: new Map(),
    links: notedLinks(segment),
  };
  const unrecorded = new Map(elsewhere.directories.map((directory) => [directory.child, directory.path]));
  for (const touch of [...merged.names.values(), ...note.found]) {
    const path = pathOf(today, unrecorded, touch);
    const inode = path === null ? null : (today.names.get(nameKey(touch.parent, touch.name)) ?? inodeAt(path));
    const spared = path !== null && others?.has(path);
    const child = inode && !spared ? merged.canonical(inode.id) : ABSENT;
    note.names.push({ ...touch, child });
    if (!inode || path === null || spared) continue;
    note.inodes.set(child, noted(inode, path, true));
    if (!others && entryType(inode.mode) === "directory" && child !== touch.child && !before.nameOf(child))
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

/** Tells contents apart; not a defence against forgery. */
export const hashBytes = (bytes: Buffer): string => Bun.hash.xxHash3(bytes).toString(36);

/** The same of a file. null: it cannot be read. */
export function hashOf(path: ByteText): string | null {
  try {
    return hashBytes(readFileSync(toBytes(path)));
  } catch {
    return null;
  }
}

function pathOf(
  today: Today,
  unrecorded: ReadonlyMap<InodeId, ByteText>,
  { parent, name }: NameTouch,
): ByteText | null {
  const directory = today.directories.get(parent)?.path ?? unrecorded.get(parent);
  return directory === undefined ? null : childPath(directory, name);
}

/** Files that were written into and have more names than were recorded. */
function writtenElsewhere(merged: Merged): InodeId[] {
  const names = Map.groupBy(merged.names.values(), ({ child }) => child);
  const isWritten = (id: InodeId) => merged.contents.get(id)?.some((kept) => kept?.content.kind !== "link");
  return [...merged.metas].flatMap(([id, { mode, nlink }]) =>
    entryType(mode) === "file" && nlink > (names.get(id)?.length ?? 0) && isWritten(id) ? [id] : [],
  );
}

/** Inodes that were changed, and of which no old name is known that they still have. */
function lostInodes(merged: Merged, today: Today, before: KnownTree, found: readonly NameTouch[]): Set<InodeId> {
  const lost = new Set([...namelessInodes(merged, before), ...writtenElsewhere(merged)]);
  for (const [key, inode] of today.names) {
    const child = inode ? merged.canonical(inode.id) : ABSENT;
    if (merged.names.get(key)?.child === child) lost.delete(child);
  }
  for (const { child } of found) lost.delete(child);
  for (const id of today.directories.keys()) lost.delete(id);
  return lost;
}

const namelessInodes = (merged: Merged, before: KnownTree) =>
  [...merged.metas.keys()].filter((id) => !before.nameOf(id));

/** Names that were not recorded of inodes that were changed: looked for in the directories that were recorded. */
function findNameless(merged: Merged, today: Today, before: KnownTree): NameTouch[] {
  const nameless = new Set(namelessInodes(merged, before));
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
