import { type ByteText, childPath, toPath } from "../format/byte-text.ts";
import { ABSENT, type InodeId, nameKey } from "../format/record.ts";
import type { DirectoryFact, Merged, NameTouch } from "./state.ts";

/** A tree at one moment, as far as touched names and recorded directories tell. */
export class KnownTree {
  readonly #touched: ReadonlyMap<string, NameTouch>;
  readonly #fact: (id: InodeId) => DirectoryFact | undefined;
  /** Touched names that stand for an inode: one, mostly. Those in directories that are not there do not count. */
  readonly #places = new Map<InodeId, NameTouch | NameTouch[]>();
  readonly #exists = new Map<InodeId, boolean>();
  /** Paths and depths of directories, as far as they were asked for: each has many names. */
  readonly #paths = new Map<InodeId, ByteText>();
  readonly #depths = new Map<InodeId, number>();

  private constructor(touched: ReadonlyMap<string, NameTouch>, fact: (id: InodeId) => DirectoryFact | undefined) {
    this.#touched = touched;
    this.#fact = fact;
    for (const touch of touched.values()) {
      if (touch.child === ABSENT) continue;
      const known = this.#places.get(touch.child);
      if (Array.isArray(known)) known.push(touch);
      else this.#places.set(touch.child, known ? [known, touch] : touch);
    }
  }

  /** Before the first touch. */
  static before(merged: Merged): KnownTree {
    const { names, directories } = merged;
    return new KnownTree(names, (id) => directories.get(id)?.first);
  }

  /** When the last call was closed. */
  static after(merged: Merged): KnownTree {
    const { after, directories } = merged;
    return new KnownTree(after.names, (id) => directories.get(id)?.last);
  }

  /** The same with their keys. */
  get entries(): IteratorObject<[string, NameTouch]> {
    return this.#touched.entries().filter(([, touch]) => this.hasDirectory(touch.parent));
  }

  /** The touched names of directories that are there, each with what stands there ("" for nothing). */
  get names(): IteratorObject<NameTouch> {
    return this.#touched.values().filter((touch) => this.hasDirectory(touch.parent));
  }

  /** A touched name. */
  touch(key: string): NameTouch | undefined {
    return this.#touched.get(key);
  }

  /** Whether a directory is there. One that a touched name stands for is; one at a name that stands for another thing is not. */
  hasDirectory(id: InodeId): boolean {
    const known = this.#exists.get(id);
    if (known !== undefined) return known;
    // Against circles, which damaged records could have.
    this.#exists.set(id, false);
    const exists = this.#has(id);
    this.#exists.set(id, exists);
    return exists;
  }

  #has(id: InodeId): boolean {
    if (this.nameOf(id)) return true;
    const fact = this.#fact(id);
    if (!fact) return false;
    if (this.#isAnchor(fact)) return true;
    return !this.#touched.has(nameKey(fact.parent, fact.name)) && this.hasDirectory(fact.parent);
  }

  /** A capture root: nothing is known of what is above it. */
  #isAnchor(fact: DirectoryFact): boolean {
    return fact.parent === ABSENT || this.#fact(fact.parent) === undefined;
  }

  /** Where a directory is: its place in another one; parent "" and the whole path for a capture root. */
  placeOf(id: InodeId): { parent: InodeId; name: ByteText } | null {
    const touched = this.nameOf(id);
    if (touched) return touched;
    const fact = this.#fact(id);
    if (!fact) return null;
    return this.#isAnchor(fact) ? { parent: ABSENT, name: fact.path } : fact;
  }

  /** The absolute path of a name. */
  pathOf(parent: InodeId, name: ByteText): ByteText {
    return childPath(this.#pathOf(parent), name);
  }

  /** The same for people. Put together of its parts, which all names of a directory share until somebody reads it. */
  shownPath({ parent, name }: NameTouch): string {
    return childPath(toPath(this.#pathOf(parent)), toPath(name));
  }

  #pathOf(directory: InodeId): ByteText {
    let path = this.#paths.get(directory);
    if (path === undefined) {
      const place = this.placeOf(directory);
      if (!place) path = this.#fact(directory)?.path ?? "?";
      else path = place.parent === ABSENT ? place.name : this.pathOf(place.parent, place.name);
      this.#paths.set(directory, path);
    }
    return path;
  }

  /** How deep a directory lies below its root. */
  depthOf(id: InodeId): number {
    let depth = this.#depths.get(id);
    if (depth === undefined) {
      const place = this.placeOf(id);
      depth = !place || place.parent === ABSENT ? 0 : this.depthOf(place.parent) + 1;
      this.#depths.set(id, depth);
    }
    return depth;
  }

  /** How many touched names stand for an inode. */
  countOf(id: InodeId): number {
    const known = this.#places.get(id);
    return Array.isArray(known) ? known.length : known ? 1 : 0;
  }

  /** The first touched name that stands for an inode. */
  nameOf(id: InodeId): NameTouch | undefined {
    const known = this.#places.get(id);
    if (Array.isArray(known)) return known.find((touch) => this.hasDirectory(touch.parent));
    return known && this.hasDirectory(known.parent) ? known : undefined;
  }
}
