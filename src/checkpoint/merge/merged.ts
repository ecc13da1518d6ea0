import type { GapReason } from "../contract.ts";
import type { ByteText } from "../format/byte-text.ts";
import {
  ABSENT,
  type InodeId,
  type InodeMeta,
  type JournalRecord,
  type KeptContent,
  nameKey,
} from "../format/record.ts";
import type { NotedInode } from "./note-file.ts";
import type { Segment } from "./segment.ts";

/** A name of a directory, with what stood there before the first touch ("" for nothing). */
export interface NameTouch {
  parent: InodeId;
  name: ByteText;
  child: InodeId;
}

/** Where a directory was when it was recorded. */
export interface DirectoryFact {
  parent: InodeId;
  name: ByteText;
  path: ByteText;
}

/** Content, with the capture that has it. */
export interface LocatedContent {
  content: KeptContent;
  directory: string;
  /** The link as it was when its call was closed; absent: not known. */
  noted?: { size: number; mtime: bigint };
}

export interface MergedGap {
  reason: GapReason;
  id: InodeId;
  path: ByteText;
}

/** Which call it was. */
export type Toucher = Pick<Segment, "by" | "call_id">;

/** The state before all of the segments, as far as they touched it, and after them. */
export interface Merged {
  names: Map<string, NameTouch>;
  /** The facts of the first record and of the last one: between them a directory above may have been renamed. */
  directories: Map<InodeId, { first: DirectoryFact; last: DirectoryFact }>;
  metas: Map<InodeId, InodeMeta>;
  /** In the order of time. A gap stands for content that could not be kept. */
  contents: Map<InodeId, (LocatedContent | null)[]>;
  gaps: MergedGap[];
  /** After: the last note of each name and inode. */
  after: { names: Map<string, NameTouch>; inodes: Map<InodeId, NotedInode> };
  /** Who touched a name (its key) or an inode last. */
  touchers: Map<string, Toucher>;
  /** The inode that a directory stands for that undo made again; otherwise itself. */
  canonical(id: InodeId): InodeId;
}

/** Steps (turns, undos), oldest first, each with its segments. Within a step the first touch is the earliest. */
export function mergeSegments(steps: readonly (readonly Segment[])[]): Merged {
  const aliases = new Map(steps.flat().flatMap((segment) => [...segment.remade]));
  const merged: Merged = {
    names: new Map(),
    directories: new Map(),
    metas: new Map(),
    contents: new Map(),
    gaps: [],
    after: { names: new Map(), inodes: new Map() },
    touchers: new Map(),
    canonical: (id) => resolveAlias(aliases, id),
  };
  for (const segments of steps) {
    const records = segments.flatMap((segment) => segment.records.map((record) => ({ record, segment })));
    // A stable sort: what has the same time stays in the order of its journal.
    records.sort((a, b) => (a.record.time < b.record.time ? -1 : a.record.time > b.record.time ? 1 : 0));
    for (const { record, segment } of records) take(merged, record, segment);
    for (const segment of segments) takeNote(merged, segment);
  }
  return merged;
}

function resolveAlias(aliases: ReadonlyMap<InodeId, InodeId>, id: InodeId): InodeId {
  let at = id;
  for (let next = aliases.get(at); next !== undefined; next = aliases.get(at)) at = next;
  return at;
}

function take(merged: Merged, record: JournalRecord, segment: Segment): void {
  const { canonical } = merged;
  switch (record.type) {
    case "directory": {
      const fact = { parent: canonical(record.parent), name: record.name, path: record.path };
      const id = canonical(record.id);
      merged.directories.set(id, { first: merged.directories.get(id)?.first ?? fact, last: fact });
      return;
    }
    case "name": {
      const touch = { parent: canonical(record.parent), name: record.name, child: canonical(record.child) };
      const key = nameKey(touch.parent, touch.name);
      if (!merged.names.has(key)) merged.names.set(key, touch);
      merged.touchers.set(key, segment);
      return;
    }
    case "meta": {
      const id = canonical(record.id);
      if (!merged.metas.has(id)) merged.metas.set(id, record.meta);
      merged.touchers.set(id, segment);
      return;
    }
    case "content": {
      const number = record.content.kind === "link" ? record.content.number : null;
      const noted = number === null ? undefined : segment.note?.links.get(number);
      const located = { content: record.content, directory: segment.directory, ...(noted ? { noted } : {}) };
      append(merged.contents, canonical(record.id), located);
      return;
    }
    case "gap":
      merged.gaps.push({ reason: record.reason, id: canonical(record.id), path: record.path });
      if (record.id !== ABSENT) append(merged.contents, canonical(record.id), null);
  }
}

function append(contents: Merged["contents"], id: InodeId, content: LocatedContent | null): void {
  const list = contents.get(id);
  if (list) list.push(content);
  else contents.set(id, [content]);
}

function takeNote(merged: Merged, { note }: Segment): void {
  if (!note) return;
  const { canonical, after } = merged;
  for (const { parent, name, child } of note.found) {
    const key = nameKey(canonical(parent), name);
    const touch = { parent: canonical(parent), name, child: canonical(child) };
    if (!merged.names.has(key)) merged.names.set(key, touch);
    after.names.set(key, touch);
  }
  for (const { parent, name, child } of note.names) {
    const touch = { parent: canonical(parent), name, child: canonical(child) };
    after.names.set(nameKey(touch.parent, name), touch);
  }
  for (const [id, inode] of note.inodes) after.inodes.set(canonical(id), inode);
}
