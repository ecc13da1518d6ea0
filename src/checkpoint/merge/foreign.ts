import { readFileSync } from "node:fs";
import { join } from "node:path";
import { entryType, permissions } from "../disk/inode.ts";
import { ABSENT, type InodeId, type InodeMeta, type KeptContent, nameKey, type RecordOf } from "../format/record.ts";
import { copiedContent } from "./content.ts";
import { eachRecord } from "./journal.ts";
import { type NotedInode, readNote, type StateNote } from "./note-file.ts";
import type { Segment } from "./segment.ts";
import type { Merged, NameTouch } from "./state.ts";

/** What one segment knows of an inode before it touched it. */
interface Before {
  meta?: InodeMeta;
  content?: KeptContent;
}

/** All that the segments touched. */
interface Touched {
  /** Who touched what. */
  by: Map<string, Set<Segment>>;
  before: Map<Segment, Map<InodeId, Before>>;
}

/**
 * Finds what somebody else changed between two calls: what the later one found is not what the earlier one left, and no call
 * that ran meanwhile touched it. Names are known by their key, inodes by their id. The journals are read once more where something is
 * not as it was left, and only there: most turns meet nobody else.
 */
export class ForeignHand {
  readonly #merged: Merged;
  readonly #segments: readonly Segment[];
  readonly #objects: string;
  readonly #noted = new Map<string, { segment: Segment; time: bigint }>();
  /** The last that was noted: a note has many names, and they share it. */
  #leaving: { segment: Segment; time: bigint } | null = null;
  readonly #noteTimes = new Map<Segment, bigint | null>();
  #touched: Touched | null = null;
  /** Names that a segment recorded, by what they stood for; made when it is asked for. */
  readonly #names = new Map<Segment, Map<InodeId, NameTouch[]>>();

  constructor(merged: Merged, segments: readonly Segment[], objects: string) {
    this.#merged = merged;
    this.#segments = segments;
    this.#objects = objects;
  }

  /** The names under which a segment met an inode. */
  namesOf(segment: Segment, id: InodeId): readonly NameTouch[] {
    let known = this.#names.get(segment);
    if (!known) {
      known = this.#readNames(segment);
      this.#names.set(segment, known);
    }
    return known.get(id) ?? [];
  }

  #readNames(segment: Segment): Map<InodeId, NameTouch[]> {
    const { canonical } = this.#merged;
    const touches: NameTouch[] = [];
    eachRecord(segment, ["name"], (record) => {
      touches.push({ parent: canonical(record.parent), name: record.name, child: canonical(record.child) });
    });
    return Map.groupBy(touches, ({ child }) => child);
  }

  /** The segment left this name or inode as its note says. */
  left(segment: Segment, { time }: StateNote, what: string): void {
    if (this.#leaving?.segment !== segment) this.#leaving = { segment, time };
    this.#noted.set(what, this.#leaving);
  }

  /** Whether somebody else made a name stand for what a segment found there. */
  changedName(segment: Segment, key: string, touch: NameTouch, time: bigint): boolean {
    const left = this.#merged.after.names.get(key);
    if (!left || left.child === touch.child || this.#isOurs(key, segment, time)) return false;
    return left.child === ABSENT || touch.child === ABSENT || this.#differs(segment, left.child, touch.child);
  }

  /** Whether somebody else changed an inode before a segment touched it. */
  changedInode(segment: Segment, id: InodeId, { meta, time }: RecordOf<"meta">): boolean {
    const left = this.#merged.after.inodes.get(id);
    if (!left || isSame(left, meta) || this.#isOurs(id, segment, time)) return false;
    return this.#differs(segment, id, id);
  }

  #isOurs(what: string, segment: Segment, time: bigint): boolean {
    const by = this.#noted.get(what);
    if (!by || by.segment === segment || segment.checked) return true;
    for (const other of this.#all().by.get(what) ?? [])
      if (other !== by.segment && other !== segment && other.began < time && this.#until(other, time) > by.time)
        return true;
    return false;
  }

  /** When a segment was closed; `time` where it was not. */
  #until(segment: Segment, time: bigint): bigint {
    let noted = this.#noteTimes.get(segment);
    if (noted === undefined) {
      noted = readNote(segment.directory, segment.epoch)?.time ?? null;
      this.#noteTimes.set(segment, noted);
    }
    return noted ?? time;
  }

  #all(): Touched {
    if (this.#touched) return this.#touched;
    this.#touched = { by: new Map(), before: new Map() };
    for (const segment of this.#segments) this.#index(segment, this.#touched);
    return this.#touched;
  }

  #index(segment: Segment, { by, before }: Touched): void {
    const { canonical } = this.#merged;
    const known = new Map<InodeId, Before>();
    before.set(segment, known);
    const touch = (what: string) => {
      const list = by.get(what);
      if (list) list.add(segment);
      else by.set(what, new Set([segment]));
    };
    eachRecord(segment, ["name", "meta", "content"], (record) => {
      if (record.type === "name") {
        touch(nameKey(canonical(record.parent), record.name));
        return;
      }
      const id = canonical(record.id);
      touch(id);
      known.set(id, {
        ...known.get(id),
        ...(record.type === "meta" ? { meta: record.meta } : { content: record.content }),
      });
    });
  }

  /** What was left, against what the segment found. */
  #differs(segment: Segment, left: InodeId, found: InodeId): boolean {
    const noted = this.#merged.after.inodes.get(left);
    const { meta, content } = this.#all().before.get(segment)?.get(found) ?? {};
    if (!noted || !meta) return left !== found;
    if (!isSameKind(noted, meta)) return true;
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

/** Of the same type, with the same permissions and owner. */
function isSameKind(a: NotedInode, b: InodeMeta): boolean {
  return (
    entryType(a.mode) === entryType(b.mode) &&
    permissions(a.mode) === permissions(b.mode) &&
    a.uid === b.uid &&
    a.gid === b.gid
  );
}

/** Whether an inode is as it was left, as far as can be told without a look into it. */
const isSame = (left: NotedInode, found: InodeMeta): boolean =>
  isSameKind(left, found) &&
  (entryType(found.mode) !== "file" || (left.size === found.size && left.mtime === found.mtime));
