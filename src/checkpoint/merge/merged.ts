import { ABSENT, type InodeId, type JournalRecord, nameKey, type RecordOf } from "../format/record.ts";
import { ForeignHand } from "./foreign.ts";
import type { StateNote } from "./note-file.ts";
import { eachInOrder, type OpenSegment } from "./order.ts";
import type { Segment } from "./segment.ts";
import type { LocatedContent, Merged, NameTouch } from "./state.ts";

/** What is asked of a merge beside what was before and after. */
interface MergeOptions {
  /** The thread's store of objects: what somebody else changed between two calls is not merged away. */
  spare?: { objects: string } | null;
  /** Who touched what. */
  touchers?: true;
}

/** Steps (turns, undos), oldest first, each with its segments. Within a step the first touch is the earliest. */
export function mergeSegments(
  steps: readonly (readonly Segment[])[],
  { spare = null, touchers }: MergeOptions = {},
): Merged {
  const segments = steps.flat();
  const aliases = new Map(segments.flatMap((segment) => [...segment.remade]));
  const merged: Merged = {
    names: new Map(),
    directories: new Map(),
    metas: new Map(),
    contents: new Map(),
    gaps: [],
    after: { names: new Map(), inodes: new Map() },
    foreign: new Set(),
    touchers: touchers ? new Map() : null,
    found: [],
    records: 0,
    cut: [],
    canonical: (id) => resolveAlias(aliases, id),
  };
  // Between two calls: where there is one, nobody came between.
  const hand = spare && segments.length > 1 ? new ForeignHand(merged, segments, spare.objects) : null;
  for (const step of steps)
    eachInOrder(step, {
      record(record, at) {
        merged.records++;
        if (record.type === "name") takeName(merged, record, at, hand);
        else if (!hand || record.type !== "meta" || !takeForeign(merged, record, at.segment, hand))
          take(merged, record, at);
      },
      note: (note, at) => takeNote(merged, note, at, hand),
      end: ({ complete, segment }) => {
        if (!complete) merged.cut.push(segment);
      },
    });
  return merged;
}

/** What stood at a name before; where somebody else put it there, nothing that is older. */
function takeName(merged: Merged, record: RecordOf<"name">, at: OpenSegment, hand: ForeignHand | null): void {
  const { canonical } = merged;
  const isName = !NO_NAME.test(record.name);
  const touch = { parent: canonical(record.parent), name: record.name, child: canonical(record.child) };
  const key = nameKey(touch.parent, touch.name);
  if (at.note) at.names.push(isName ? { key, touch } : null);
  if (!isName) return;
  if (hand?.changedName(at.segment, key, touch, record.time)) setForeignName(merged, touch, at.segment);
  else {
    if (!merged.names.has(key)) merged.names.set(key, touch);
    merged.touchers?.set(key, at.segment);
  }
}

/** What somebody else left is what was before. false: nobody else did anything. */
function takeForeign(merged: Merged, record: RecordOf<"meta">, segment: Segment, hand: ForeignHand): boolean {
  const id = merged.canonical(record.id);
  if (!hand.changedInode(segment, id, record)) return false;
  merged.metas.set(id, record.meta);
  merged.contents.delete(id);
  merged.touchers?.set(id, segment);
  merged.foreign.add(id);
  for (const touch of hand.namesOf(segment, id)) setForeignName(merged, touch, segment);
  return true;
}

function setForeignName(merged: Merged, touch: NameTouch, segment: Segment): void {
  const key = nameKey(touch.parent, touch.name);
  merged.names.set(key, touch);
  merged.touchers?.set(key, segment);
  merged.foreign.add(key);
}

/** What leads out of a directory or stays in it. No record should have it, and none that has may lead anywhere. */
const NO_NAME = /^\.{0,2}$|\//;

function resolveAlias(aliases: ReadonlyMap<InodeId, InodeId>, id: InodeId): InodeId {
  let at = id;
  for (let next = aliases.get(at); next !== undefined; next = aliases.get(at)) at = next;
  return at;
}

function take(merged: Merged, record: Exclude<JournalRecord, RecordOf<"name">>, at: OpenSegment): void {
  const { canonical } = merged;
  const { segment } = at;
  switch (record.type) {
    case "directory": {
      const fact = { parent: canonical(record.parent), name: record.name, path: record.path };
      const id = canonical(record.id);
      merged.directories.set(id, { first: merged.directories.get(id)?.first ?? fact, last: fact });
      return;
    }
    case "meta": {
      const id = canonical(record.id);
      if (!merged.metas.has(id)) merged.metas.set(id, record.meta);
      merged.touchers?.set(id, segment);
      return;
    }
    case "content": {
      const noted = notedLink(record, at);
      const located = { content: record.content, directory: segment.directory, ...(noted ? { noted } : {}) };
      append(merged.contents, canonical(record.id), located);
      return;
    }
    case "gap":
      merged.gaps.push({ reason: record.reason, id: canonical(record.id), path: record.path });
      if (record.id !== ABSENT) append(merged.contents, canonical(record.id), null);
  }
}

/** How a kept link was when its call was closed; undefined: not known. */
function notedLink({ id, content }: RecordOf<"content">, { note, before }: OpenSegment): LocatedContent["noted"] {
  if (!note || content.kind !== "link") return undefined;
  const noted = note.links.get(content.number);
  if (noted || !note.brief) return noted;
  return before?.type === "meta" && before.id === id ? before.meta : undefined;
}

function append(contents: Merged["contents"], id: InodeId, content: LocatedContent | null): void {
  const known = contents.get(id);
  if (Array.isArray(known)) known.push(content);
  else contents.set(id, known === undefined ? content : [known, content]);
}

function takeNote(merged: Merged, note: StateNote, at: OpenSegment, hand: ForeignHand | null): void {
  const { canonical, after } = merged;
  const { segment } = at;
  for (const { parent, name, child, path } of note.directories) {
    const fact = { parent: canonical(parent), name, path };
    const id = canonical(child);
    if (!merged.directories.has(id)) merged.directories.set(id, { first: fact, last: fact });
  }
  for (const each of note.found) {
    const { key, touch } = notedTouch(merged, each);
    if (!merged.names.has(key)) {
      merged.names.set(key, touch);
      merged.found.push(touch);
    }
    after.names.set(key, touch);
  }
  for (const [i, each] of at.names.entries()) {
    const child = note.children[i];
    if (!each || child === undefined) continue;
    after.names.set(each.key, withChild(each.touch, canonical(child)));
    hand?.left(segment, note, each.key);
  }
  for (const each of note.names) {
    const { key, touch } = notedTouch(merged, each);
    after.names.set(key, touch);
    hand?.left(segment, note, key);
  }
  for (const [noted, inode] of note.inodes) {
    const id = canonical(noted);
    after.inodes.set(id, inode);
    hand?.left(segment, note, id);
  }
}

/** A name of a note. What the journal has of it already is not kept twice: notes are as long as journals. */
function notedTouch({ canonical, names }: Merged, noted: NameTouch): { key: string; touch: NameTouch } {
  const [parent, child] = [canonical(noted.parent), canonical(noted.child)];
  const key = nameKey(parent, noted.name);
  const known = names.get(key);
  if (!known) return { key, touch: { parent, name: noted.name, child } };
  return { key, touch: withChild(known, child) };
}

const withChild = (touch: NameTouch, child: InodeId): NameTouch =>
  touch.child === child ? touch : { parent: touch.parent, name: touch.name, child };
