import * as fs from "node:fs";
import { entryType, factsAt, type Inode, inodeAt } from "../disk/inode.ts";
import { type ByteText, childPath, toArgument } from "../format/byte-text.ts";
import { ABSENT, type InodeId, nameKey, type RecordOf } from "../format/record.ts";
import { isWritten, linkPath } from "./content.ts";
import { findElsewhere } from "./elsewhere.ts";
import { eachRecord } from "./journal.ts";
import { letGo } from "./let-go.ts";
import { mergeSegments } from "./merged.ts";
import type { NotedInode, StateNote } from "./note-file.ts";
import type { Segment } from "./segment.ts";
import type { Merged, NameTouch } from "./state.ts";
import { findDirectories, namesIn, type Today, walkTree } from "./today.ts";
import { KnownTree } from "./tree.ts";

/** Content of a changed file is noted up to this: reading it costs less than a second look by a person. */
const HASHED = 256 * 1024;
/**
 * Names of an undo above which it notes no content: to read all that it moved back takes as long as to move it. What is the same but was
 * saved anew is then taken for somebody's by redo.
 */
const MANY = 1000;

/**
 * How everything that a call touched is now, when it has ended. `time` is now, in ns. `others`: given for an undo, which records each
 * name that it makes, so that nothing else in a new directory is its own; where it names a path, the undo left nothing there. null: there
 * is no record.
 */
export function takeNote(
  segment: Segment,
  time: bigint,
  others: ReadonlySet<ByteText> | null = null,
): StateNote | null {
  const merged = mergeSegments([[segment]]);
  if (merged.records === 0) return null;
  const note = new NoteTaker(segment, merged, time, others).take();
  letGo(merged.records);
  return note;
}

class NoteTaker {
  readonly #segment: Segment;
  readonly #merged: Merged;
  readonly #before: KnownTree;
  readonly #others: ReadonlySet<ByteText> | null;
  readonly #note: StateNote;

  constructor(segment: Segment, merged: Merged, time: bigint, others: ReadonlySet<ByteText> | null) {
    this.#segment = segment;
    this.#merged = merged;
    this.#before = KnownTree.before(merged);
    this.#others = others;
    const nothing = { children: [], names: [], found: [], directories: [], inodes: new Map() };
    this.#note = { ...nothing, time, brief: true, links: notedLinks(segment) };
  }

  take(): StateNote {
    const merged = this.#merged;
    const hidden = hiddenInodes(merged, this.#before);
    const lost = new Set(hidden);
    const children = new Map<string, InodeId>();
    const directories = findDirectories(merged, new Map(), (key, inode, path) => {
      const touch = merged.names.get(key);
      const standing = inode ? merged.canonical(inode.id) : ABSENT;
      if (!touch) return;
      if (touch.child === standing) lost.delete(standing);
      children.set(key, this.#see(touch, inode, path));
    });
    const nameless = findNameless(merged, directories, hidden);
    for (const { child } of nameless) lost.delete(child);
    for (const id of directories.keys()) lost.delete(id);
    const elsewhere = findElsewhere(merged, directories, lost);
    this.#note.found.push(...nameless, ...elsewhere.names);
    this.#note.directories.push(...elsewhere.directories);
    const unrecorded = new Map(elsewhere.directories.map(({ child, path }) => [child, path]));
    this.#name(children, (id) => directories.get(id)?.path ?? unrecorded.get(id));
    return this.#note;
  }

  /** Says of each name what stands there. @param children what was seen already, by the keys of names */
  #name(children: ReadonlyMap<string, InodeId>, directoryPath: (id: InodeId) => ByteText | undefined): void {
    const { canonical, names, found } = this.#merged;
    const childOf = (key: string, touch: NameTouch): InodeId => {
      const seen = children.get(key);
      const directory = seen === undefined ? directoryPath(touch.parent) : undefined;
      if (seen !== undefined || directory === undefined) return seen ?? ABSENT;
      const path = childPath(directory, touch.name);
      return this.#see(touch, inodeAt(path), path);
    };
    eachRecord(this.#segment, ["name"], (record) => {
      const key = nameKey(canonical(record.parent), record.name);
      const touch = names.get(key);
      this.#note.children.push(touch ? childOf(key, touch) : ABSENT);
    });
    for (const touch of [...found, ...this.#note.found])
      this.#note.names.push({ ...touch, child: childOf(nameKey(touch.parent, touch.name), touch) });
  }

  /** Notes what stands at a name, and gives its id. */
  #see(touch: NameTouch, inode: Inode | null, path: ByteText): InodeId {
    if (!inode || this.#others?.has(path)) return ABSENT;
    const child = this.#merged.canonical(inode.id);
    this.#note.inodes.set(child, noted(inode, path, this.#others === null || this.#merged.names.size <= MANY));
    const isNew = child !== touch.child && !this.#before.nameOf(child);
    if (!this.#others && isNew && entryType(inode.mode) === "directory") this.#tree(child, path);
    return child;
  }

  /** All of a directory that is new; what was moved into it is noted where it was touched. */
  #tree(id: InodeId, path: ByteText): void {
    const { entries } = walkTree({ id, path }, (each) => !this.#before.nameOf(each), this.#merged.canonical);
    for (const { parent, name, child, inode, path } of entries) {
      this.#note.names.push({ parent, name, child });
      if (!this.#note.inodes.has(child)) this.#note.inodes.set(child, noted(inode, path, false));
    }
  }
}

function noted(inode: Inode, path: ByteText, withHash: boolean): NotedInode {
  const { mode, uid, gid, size, mtime } = inode;
  const hash = withHash && entryType(mode) === "file" && size <= HASHED ? hashOf(path) : null;
  return { mode, uid, gid, size, mtime, ...(hash === null ? {} : { hash }) };
}

/** Tells contents apart; not a defence against forgery. */
export const hashBytes = (bytes: Uint8Array): string => Bun.hash.xxHash3(bytes).toString(36);

/** Room for one file after the other: there are as many as a turn touched. */
const room = Buffer.alloc(HASHED + 1);

/** The same of a file that is small enough. null: it is not, or it cannot be read. */
export function hashOf(path: ByteText): string | null {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  try {
    const fd = fs.openSync(toArgument(path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const length = fs.readSync(fd, room);
      return length > HASHED ? null : hashBytes(room.subarray(0, length));
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return null;
  }
}

/** Inodes that were changed, and of which not all old names are known, or none. */
function hiddenInodes({ metas, contents }: Merged, before: KnownTree): Set<InodeId> {
  const hidden = new Set<InodeId>();
  for (const [id, { mode, nlink }] of metas) {
    const isLinked = entryType(mode) === "file" && nlink > before.countOf(id) && isWritten(contents, id);
    if (isLinked || !before.nameOf(id)) hidden.add(id);
  }
  return hidden;
}

/** Names that were not recorded of such inodes: looked for in the directories that were recorded. */
function findNameless(merged: Merged, directories: Today["directories"], hidden: ReadonlySet<InodeId>): NameTouch[] {
  const nameless = new Set(hidden);
  const found: NameTouch[] = [];
  for (const [id, { parent, name, anchor }] of directories)
    if (nameless.delete(id) && !anchor) found.push({ parent, name, child: id });
  for (const [parent, { path }] of nameless.size === 0 ? [] : directories) {
    for (const name of namesIn(path)) {
      const inode = merged.names.has(nameKey(parent, name)) ? null : inodeAt(childPath(path, name));
      const child = inode ? merged.canonical(inode.id) : ABSENT;
      if (nameless.has(child)) found.push({ parent, name, child });
    }
  }
  return found;
}

/** Links that are not as their inode was when it was recorded, right before them (the record of a name may lie between). */
function notedLinks(segment: Segment): StateNote["links"] {
  const links: StateNote["links"] = new Map();
  let before: RecordOf<"meta" | "content"> | null = null;
  eachRecord(segment, ["meta", "content"], (record) => {
    if (record.type === "content" && record.content.kind === "link") {
      const { number } = record.content;
      const now = factsAt(linkPath({ directory: segment.directory, number }));
      const then = before?.type === "meta" && before.id === record.id ? before.meta : null;
      if (now && (now.size !== then?.size || now.mtime !== then.mtime))
        links.set(number, { size: now.size, mtime: now.mtime });
    }
    before = record;
  });
  return links;
}
