import { chmodInode, Directories, type DirectoryPlace } from "../disk/directories.ts";
import { type Inode, inodeAt, permissions } from "../disk/inode.ts";
import { type ByteText, childPath } from "../format/byte-text.ts";
import { deviceOf } from "../format/inode-id.ts";
import { ABSENT, type InodeId } from "../format/record.ts";
import type { JournalRecorder } from "../record/recorder.ts";
import type { Whereabouts } from "./hold.ts";
import { CHANGEABLE } from "./modes.ts";
import type { UndoWork } from "./work.ts";

/** The disk as an undo changes it: where directories are by now, and the record of every name before it changes. */
export class World implements Whereabouts {
  readonly directories: Directories;
  readonly #recorder: JournalRecorder;
  readonly #places = new Map<InodeId, DirectoryPlace>();
  readonly #actual = new Map<InodeId, InodeId>();
  /** Directories that were made, with those that they stand for. */
  readonly #remade = new Map<InodeId, InodeId>();
  readonly #canonical: (id: InodeId) => InodeId;
  /** Directories that were opened to their owner, with what they were before. */
  readonly #opened = new Map<InodeId, Inode>();
  /** Directories that were looked at for that. */
  readonly #looked = new Set<InodeId>();
  /** Directories that are recorded, with all above them, where they are now. */
  readonly #recorded = new Set<InodeId>();
  readonly #uid: number | null;

  constructor(work: UndoWork, recorder: JournalRecorder, uid: number | null) {
    this.#recorder = recorder;
    this.#uid = uid;
    this.#canonical = (id) => this.#remade.get(id) ?? work.merged.canonical(id);
    for (const [id, { parent, name, path, anchor, actual }] of work.today.directories) {
      this.#places.set(id, anchor ? { parent: ABSENT, name: path } : { parent, name });
      this.#actual.set(id, actual);
    }
    for (const { id, parent, name, inode } of work.trees) {
      this.#places.set(id, { parent, name });
      this.#actual.set(id, inode.id);
    }
    this.directories = new Directories((id) => this.#places.get(id), this.#canonical);
  }

  /** A directory stands for an old one from now on. */
  remade(old: InodeId, made: InodeId): void {
    this.#remade.set(made, old);
    this.#actual.set(old, made);
    this.#recorded.clear();
  }

  placed(id: InodeId, parent: InodeId, name: ByteText): void {
    this.#places.set(id, { parent, name });
    this.#recorded.clear();
    if (!this.#actual.has(id)) this.#actual.set(id, id);
  }

  isPlaced(id: InodeId): boolean {
    return this.#places.has(id);
  }

  above(id: InodeId): InodeId[] {
    const list: InodeId[] = [];
    for (let at = id; at !== ABSENT && this.#places.has(at); at = this.#places.get(at)?.parent ?? ABSENT) {
      if (deviceOf(this.#actualOf(at)) !== deviceOf(this.#actualOf(id))) break;
      list.push(at);
    }
    return list;
  }

  pathOf(id: InodeId): ByteText {
    const place = this.#places.get(id);
    if (!place) return "?";
    return place.parent === ABSENT ? place.name : childPath(this.pathOf(place.parent), place.name);
  }

  /** Records what a name means, and gives the path for calls and what is there. */
  touch(parent: InodeId, name: ByteText): { path: ByteText; inode: Inode | null } {
    this.#recordDirectory(parent);
    this.#openUp(parent);
    const inode = this.directories.look(parent, name);
    const path = this.directories.at(parent, name);
    this.#recorder.name(this.#actualOf(parent), name, inode?.id ?? ABSENT);
    return { path, inode };
  }

  /** Records that nothing stands at a name, for who finds out when taking it. */
  claim(parent: InodeId, name: ByteText): void {
    this.#recordDirectory(parent);
    this.#openUp(parent);
    this.#recorder.name(this.#actualOf(parent), name, ABSENT);
  }

  /** A capture root itself, of which no name is known. */
  touchRoot(id: InodeId): { path: ByteText; inode: Inode | null } {
    this.#recordDirectory(id);
    const path = childPath(this.directories.path(id), ".");
    return { path, inode: inodeAt(path) };
  }

  #actualOf(id: InodeId): InodeId {
    return this.#actual.get(id) ?? id;
  }

  #recordDirectory(id: InodeId): void {
    if (this.#recorded.has(id)) return;
    const place = this.#places.get(id);
    if (!place) throw new Error("its directory is gone");
    if (place.parent !== ABSENT) this.#recordDirectory(place.parent);
    const path = this.pathOf(id);
    const name = place.parent === ABSENT ? (path.split("/").at(-1) ?? "") : place.name;
    this.#recorder.directory(
      this.#actualOf(id),
      place.parent === ABSENT ? ABSENT : this.#actualOf(place.parent),
      name,
      path,
    );
    this.#recorded.add(id);
  }

  /** Lets its owner change a directory that is closed to him; `close` takes that back. */
  #openUp(id: InodeId): void {
    if (this.#uid === 0 || this.#looked.has(id)) return;
    this.#looked.add(id);
    const path = childPath(this.directories.path(id), ".");
    const inode = inodeAt(path);
    if (!inode || inode.uid !== this.#uid || (inode.mode & CHANGEABLE) === CHANGEABLE) return;
    this.#recorder.meta(inode, path);
    chmodInode(path, inode.id, permissions(inode.mode) | CHANGEABLE);
    this.#opened.set(id, inode);
  }

  /** `set`: directories whose permissions were set since. */
  close(set: ReadonlySet<InodeId>): void {
    for (const [id, inode] of this.#opened) {
      if (set.has(id)) continue;
      try {
        chmodInode(childPath(this.directories.path(id), "."), inode.id, permissions(inode.mode));
      } catch {
        // Removed meanwhile.
      }
    }
    this.directories.close();
  }
}
