import { ABSENT, type InodeId, type JournalRecord, nameKey } from "../format/record.ts";
import { ForeignHand } from "./foreign.ts";
import type { Segment } from "./segment.ts";
import type { LocatedContent, Merged, NameTouch } from "./state.ts";

/**
 * Steps (turns, undos), oldest first, each with its segments. Within a step the first touch is the earliest. `spare`: what
 * somebody else changed between two calls is not merged away.
 */
export function mergeSegments(
  steps: readonly (readonly Segment[])[],
  spare: { objects: string } | null = null,
): Merged {
  const aliases = new Map(steps.flat().flatMap((segment) => [...segment.remade]));
  const merged: Merged = {
    names: new Map(),
    directories: new Map(),
    metas: new Map(),
    contents: new Map(),
    gaps: [],
    after: { names: new Map(), inodes: new Map() },
    foreign: new Set(),
    touchers: new Map(),
    canonical: (id) => resolveAlias(aliases, id),
  };
  const hand = spare ? new ForeignHand(merged, steps.flat(), spare.objects) : null;
  for (const event of steps.flatMap(eventsOf)) {
    const { segment } = event;
    if (!event.record) takeNote(merged, segment, hand);
    else if (!hand || !takeForeign(merged, event.record, segment, hand)) take(merged, event.record, segment);
  }
  return merged;
}

/** A record, or (null) the note of its segment. */
interface MergeEvent {
  time: bigint;
  record: JournalRecord | null;
  segment: Segment;
}

/** Of one step, in the order of time. */
function eventsOf(segments: readonly Segment[]): MergeEvent[] {
  const events = segments.flatMap((segment): MergeEvent[] => [
    ...segment.records.map((record) => ({ time: record.time, record, segment })),
    ...(segment.note ? [{ time: segment.note.time, record: null, segment }] : []),
  ]);
  // A stable sort: what has the same time stays in the order of its journal.
  return events.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

/** What somebody else left is what was before. false: nobody else did anything. */
function takeForeign(merged: Merged, record: JournalRecord, segment: Segment, hand: ForeignHand): boolean {
  const { canonical } = merged;
  if (record.type === "name" && !NO_NAME.test(record.name)) {
    const touch = { parent: canonical(record.parent), name: record.name, child: canonical(record.child) };
    if (!hand.changedName(segment, touch, record.time)) return false;
    setForeignName(merged, touch, segment);
    return true;
  }
  if (record.type !== "meta") return false;
  const id = canonical(record.id);
  if (!hand.changedInode(segment, id, record.time)) return false;
  merged.metas.set(id, record.meta);
  merged.contents.delete(id);
  merged.touchers.set(id, segment);
  merged.foreign.add(id);
  for (const touch of hand.namesOf(segment, id)) setForeignName(merged, touch, segment);
  return true;
}

function setForeignName(merged: Merged, touch: NameTouch, segment: Segment): void {
  const key = nameKey(touch.parent, touch.name);
  merged.names.set(key, touch);
  merged.touchers.set(key, segment);
  merged.foreign.add(key);
}

/** What leads out of a directory or stays in it. No record should have it, and none that has may lead anywhere. */
const NO_NAME = /^\.{0,2}$|\//;

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
      if (NO_NAME.test(record.name)) return;
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

function takeNote(merged: Merged, segment: Segment, hand: ForeignHand | null): void {
  const { note } = segment;
  if (!note) return;
  const { canonical, after } = merged;
  for (const { parent, name, child, path } of note.directories) {
    const fact = { parent: canonical(parent), name, path };
    const id = canonical(child);
    if (!merged.directories.has(id)) merged.directories.set(id, { first: fact, last: fact });
  }
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
  hand?.left(segment, [
    ...note.names.map(({ parent, name }) => nameKey(canonical(parent), name)),
    ...[...note.inodes.keys()].map(canonical),
  ]);
}
