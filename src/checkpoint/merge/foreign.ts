import { readFileSync } from "node:fs";
import { join } from "node:path";
import { entryType, permissions } from "../disk/inode.ts";
import { ABSENT, type InodeId, type InodeMeta, type KeptContent, nameKey } from "../format/record.ts";
import { copiedContent } from "./content.ts";
import type { NotedInode } from "./note-file.ts";
import type { Segment } from "./segment.ts";
import type { Merged, NameTouch } from "./state.ts";

/** What one segment knows of an inode before it touched it. */
interface Before {
  meta?: InodeMeta;
  content?: KeptContent;
}

/**
 * Finds what somebody else changed between two calls: what the later one found is not what the earlier one left, and no call
 * that ran meanwhile touched it. Names are known by their key, inodes by their id.
 */
export class ForeignHand {
  readonly #merged: Merged;
  readonly #objects: string;
  /** Who touched what. */
  readonly #touching = new Map<string, Set<Segment>>();
  readonly #noted = new Map<string, Segment>();
  readonly #before = new Map<Segment, Map<InodeId, Before>>();
  /** Names that a segment recorded, by what they stood for; made when it is asked for, as most turns meet nobody else. */
  readonly #names = new Map<Segment, Map<InodeId, NameTouch[]>>();

  constructor(merged: Merged, segments: readonly Segment[], objects: string) {
    this.#merged = merged;
    this.#objects = objects;
    for (const segment of segments) this.#index(segment);
  }

  #index(segment: Segment): void {
    const { canonical } = this.#merged;
    const known = new Map<InodeId, Before>();
    this.#before.set(segment, known);
    const touch = (what: string) => {
      const list = this.#touching.get(what);
      if (list) list.add(segment);
      else this.#touching.set(what, new Set([segment]));
    };
    for (const record of segment.records) {
      if (record.type === "name") touch(nameKey(canonical(record.parent), record.name));
      if (record.type !== "meta" && record.type !== "content") continue;
      const id = canonical(record.id);
      touch(id);
      known.set(id, {
        ...known.get(id),
        ...(record.type === "meta" ? { meta: record.meta } : { content: record.content }),
      });
    }
  }

  /** The names under which a segment met an inode. */
  namesOf(segment: Segment, id: InodeId): readonly NameTouch[] {
    const { canonical } = this.#merged;
    let known = this.#names.get(segment);
    if (!known) {
      const touches = segment.records.flatMap((record): NameTouch[] =>
        record.type === "name"
          ? [{ parent: canonical(record.parent), name: record.name, child: canonical(record.child) }]
          : [],
      );
      known = Map.groupBy(touches, ({ child }) => child);
      this.#names.set(segment, known);
    }
    return known.get(id) ?? [];
  }

  /** The segment left these names and inodes as its note says. */
  left(segment: Segment, what: Iterable<string>): void {
    for (const each of what) this.#noted.set(each, segment);
  }

  /** Whether somebody else made a name stand for what a segment found there. */
  changedName(segment: Segment, touch: NameTouch, time: bigint): boolean {
    const key = nameKey(touch.parent, touch.name);
    const left = this.#merged.after.names.get(key);
    if (!left || left.child === touch.child || this.#isOurs(key, segment, time)) return false;
    return left.child === ABSENT || touch.child === ABSENT || this.#differs(segment, left.child, touch.child);
  }

  /** Whether somebody else changed an inode before a segment touched it. */
  changedInode(segment: Segment, id: InodeId, time: bigint): boolean {
    return this.#merged.after.inodes.has(id) && !this.#isOurs(id, segment, time) && this.#differs(segment, id, id);
  }

  #isOurs(what: string, segment: Segment, time: bigint): boolean {
    const by = this.#noted.get(what);
    if (!by?.note || by === segment || segment.checked) return true;
    const since = by.note.time;
    for (const other of this.#touching.get(what) ?? [])
      if (other !== by && other !== segment && other.began < time && (other.note?.time ?? time) > since) return true;
    return false;
  }

  /** What was left, against what the segment found. */
  #differs(segment: Segment, left: InodeId, found: InodeId): boolean {
    const noted = this.#merged.after.inodes.get(left);
    const { meta, content } = this.#before.get(segment)?.get(found) ?? {};
    if (!noted || !meta) return left !== found;
    if (entryType(noted.mode) !== entryType(meta.mode) || !samePermissions(noted, meta)) return true;
    if (entryType(meta.mode) !== "file") return left !== found;
    if (noted.size !== meta.size) return true;
    if (left === found && noted.mtime === meta.mtime) return false;
    return noted.hash === undefined || content === undefined || this.#hash(segment, content) !== noted.hash;
  }

  #hash(segment: Segment, content: KeptContent): string | null {
    try {
      const bytes =
        content.kind === "link"
          ? readFileSync(join(segment.directory, "links", `${content.number}`))
          : copied(content, segment.directory, this.#objects);
      return bytes && Bun.hash.xxHash3(bytes).toString(36);
    } catch {
      return null;
    }
  }
}

function copied(content: KeptContent, directory: string, objects: string): Buffer | null {
  const found = copiedContent(content, directory, objects);
  return found?.kind === "bytes" ? found.read() : null;
}

function samePermissions(a: NotedInode, b: InodeMeta): boolean {
  return permissions(a.mode) === permissions(b.mode) && a.uid === b.uid && a.gid === b.gid;
}
