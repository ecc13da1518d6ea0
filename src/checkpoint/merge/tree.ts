import { type ByteText, childPath } from "../format/byte-text.ts";
import { ABSENT, type InodeId, nameKey } from "../format/record.ts";
import type { DirectoryFact, Merged, NameTouch } from "./merged.ts";

/** A tree at one moment, as far as touched names and recorded directories tell. */
export class KnownTree {
  readonly #touched: ReadonlyMap<string, NameTouch>;
  readonly #fact: (id: InodeId) => DirectoryFact | undefined;
  /** Touched names that stand for an inode. Those in directories that are not there do not count. */
  readonly #places = new Map<InodeId, NameTouch[]>();
  readonly #exists = new Map<InodeId, boolean>();
  #names: NameTouch[] | null = null;

  private constructor(touched: ReadonlyMap<string, NameTouch>, fact: (id: InodeId) => DirectoryFact | undefined) {
    this.#touched = touched;
    this.#fact = fact;
    for (const touch of touched.values()) {
      if (touch.child === ABSENT) continue;
      const known = this.#places.get(touch.child);
      if (known) known.push(touch);
      else this.#places.set(touch.child, [touch]);
    }
  }

  /** Before the first touch. */
  static before(merged: Merged): KnownTree {
    return new KnownTree(merged.names, (id) => merged.directories.get(id)?.first);
  }

  /** When the last call was closed. */
  static after(merged: Merged): KnownTree {
    return new KnownTree(merged.after.names, (id) => merged.directories.get(id)?.last);
  }

  /** The touched names of directories that are there, each with what stands there ("" for nothing). */
  get names(): readonly NameTouch[] {
    this.#names ??= [...this.#touched.values()].filter((touch) => this.hasDirectory(touch.parent));
    return this.#names;
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
    const place = this.placeOf(parent);
    if (!place) return childPath(this.#fact(parent)?.path ?? "?", name);
    return childPath(place.parent === ABSENT ? place.name : this.pathOf(place.parent, place.name), name);
  }

  /** How deep a directory lies below its root. */
  depthOf(id: InodeId): number {
    const place = this.placeOf(id);
    return !place || place.parent === ABSENT ? 0 : this.depthOf(place.parent) + 1;
  }

  /** The first touched name that stands for an inode. */
  nameOf(id: InodeId): NameTouch | undefined {
    return this.#places.get(id)?.find((touch) => this.hasDirectory(touch.parent));
  }
}
