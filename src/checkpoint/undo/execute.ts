import * as fs from "node:fs";
import { join } from "node:path";
import type { UndoConflict } from "../contract.ts";
import { makePipe } from "../disk/attributes.ts";
import { entryType, type Inode, inodeAt } from "../disk/inode.ts";
import { type ByteText, childPath, toArgument, toBytes, toPath } from "../format/byte-text.ts";
import { ABSENT, type InodeId, type InodeMeta } from "../format/record.ts";
import { linkPath } from "../merge/content.ts";
import { letGo } from "../merge/let-go.ts";
import { REMADE, remadeLine } from "../merge/segment.ts";
import type { NameTouch } from "../merge/state.ts";
import type { JournalRecorder } from "../record/recorder.ts";
import { Holds, holdPaths } from "./hold.ts";
import { hasMeta, overwriteInode, setMeta, writeNewFile } from "./make.ts";
import { MADE_DIRECTORY, MADE_FILE } from "./modes.ts";
import type { Attach, Standing, UndoWork } from "./work.ts";
import { World } from "./world.ts";

/** Where an undo keeps what it needs to go on, and to be taken back itself. */
export interface Execution {
  recorder: JournalRecorder;
  /** Its own capture. */
  capture: string;
  /** Name of the directories for what is put aside. */
  hold: ByteText;
  /** Who undoes; null: not known. */
  uid: number | null;
  /** What an undo that was killed had put aside, by inode. */
  held: ReadonlyMap<InodeId, Standing>;
}

/** Does all of it, one after the other. What fails is left as it is, and named. */
export function executeWork(work: UndoWork, execution: Execution): UndoConflict[] {
  return new Executor(work, execution).run();
}

/** Names after which what was needed for them is let go: fewer make a longer undo, more a larger one. */
const PART = 25_000;

class Executor {
  readonly #work: UndoWork;
  readonly #execution: Execution;
  readonly #world: World;
  readonly #holds: Holds;
  readonly #failures: UndoConflict[] = [];
  /** Where things wait, with where they came from. */
  readonly #aside = new Map<InodeId, { parent: InodeId; name: ByteText; from: Standing }>();

  constructor(work: UndoWork, execution: Execution) {
    this.#work = work;
    this.#execution = execution;
    this.#world = new World(work, execution.recorder, execution.uid);
    this.#holds = new Holds(execution.capture, execution.hold, this.#world);
  }

  run(): UndoConflict[] {
    const { before, detach, remove, attach, rewrite } = this.#work;
    this.#takeUp();
    for (const each of detach) this.#attempt(each.path, () => this.#detach(each));
    for (const each of remove) this.#attempt(each.path, () => this.#remove(each));
    for (const [done, each] of attach.entries()) {
      this.#attempt(before.pathOf(each.touch.parent, each.touch.name), () => this.#attach(each));
      if (done % PART === PART - 1) letGo(PART);
    }
    for (const { at, content, inPlace } of rewrite) {
      if (content.kind !== "bytes") continue;
      this.#attempt(at.path, () => this.#rewrite(at, content.read(), inPlace));
    }
    const set = this.#setMetadata();
    this.#putBack();
    for (const path of this.#holds.close())
      this.#failures.push({ path: toPath(path), why: "things that could not be put back wait in it" });
    this.#world.close(set);
    return this.#failures;
  }

  #attempt(path: ByteText, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#failures.push({ path: toPath(path), why: error instanceof Error ? error.message : String(error) });
    }
  }

  /** What an undo that was killed put aside, and its directories for it. */
  #takeUp(): void {
    for (const path of holdPaths(this.#execution.capture)) {
      const top = this.#topOf(path);
      if (top !== null && inodeAt(path)) this.#attempt(path, () => this.#holds.staged(top));
    }
    for (const [id, from] of this.#execution.held) {
      this.#aside.set(id, { parent: from.parent, name: from.name, from });
      if (entryType(from.inode.mode) === "directory") this.#world.placed(id, from.parent, from.name);
    }
  }

  /** The directory that holds it. */
  #topOf(hold: ByteText): InodeId | null {
    const top = [...this.#work.today.directories].find(
      ([, { path }]) => childPath(path, this.#execution.hold) === hold,
    );
    return top?.[0] ?? null;
  }

  #detach(from: Standing): void {
    const { path } = this.#expect(from);
    const to = this.#holds.aside(from.parent);
    fs.renameSync(toBytes(path), toBytes(this.#world.directories.at(to.parent, to.name)));
    this.#aside.set(from.id, { ...to, from });
    if (entryType(from.inode.mode) === "directory") this.#world.placed(from.id, to.parent, to.name);
  }

  #remove(at: Standing): void {
    const { path, inode } = this.#expect(at);
    if (entryType(inode.mode) === "directory") {
      this.#execution.recorder.meta(inode, path);
      fs.rmdirSync(toBytes(path));
      return;
    }
    this.#part(at, path, inode);
    fs.unlinkSync(toBytes(path));
  }

  /** Records a file that goes from this name. Under other names it is seen as it was before. */
  #part(at: Standing, path: ByteText, inode: Inode): void {
    this.#execution.recorder.inode(inode, path, "link");
    const [content, meta] = [this.#work.parting.get(at.id), this.#work.merged.metas.get(at.id)];
    if (content === undefined || meta === undefined || inode.nlink === 1) return;
    if (content?.kind === "bytes") {
      this.#execution.recorder.inode(inode, path, "copy");
      overwriteInode(path, inode, content.read());
    }
    this.#setMeta(path, at.id, meta);
  }

  /** Records a name, and sees to it that what was planned with still stands there. */
  #expect({ parent, name, inode: planned }: Standing): { path: ByteText; inode: Inode } {
    const { path, inode } = this.#world.touch(parent, name);
    if (inode?.id !== planned.id) throw new Error("it changed while undo was at work");
    return { path, inode };
  }

  #attach({ touch, from, over }: Attach): void {
    const { parent, name, child } = touch;
    if (over === null && from.kind === "link" && this.#brought(from, touch)) return;
    const { path, inode } = this.#world.touch(parent, name);
    if (inode && inode.id !== over?.inode.id) throw this.#taken(touch);
    if (inode && over) this.#part(over, path, inode);
    const source = this.#moved(from, touch, path) ?? this.#source(touch, from);
    if (source !== path) fs.renameSync(toBytes(source), toBytes(path));
    // Two names of one inode: rename does nothing, and leaves the first.
    if (from.kind === "name") fs.rmSync(toBytes(source), { force: true });
    this.#aside.delete(child);
    if (this.#world.isPlaced(child) || from.kind === "directory") this.#world.placed(child, parent, name);
  }

  /** Moves a kept link to a free name. false: another way has to be tried. */
  #brought(from: Attach["from"] & { kind: "link" }, touch: NameTouch): boolean {
    this.#world.claim(touch.parent, touch.name);
    const brought = this.#world.directories.bringNew(linkPath(from), touch.parent, touch.name);
    if (brought === false) throw this.#taken(touch);
    return brought === true;
  }

  /** What somebody put at a name meanwhile is not what the undo left there. */
  #taken({ parent, name }: NameTouch): Error {
    this.#work.others.add(this.#work.before.pathOf(parent, name));
    return new Error("something else stands there now");
  }

  /** Moves a kept link in one step: it may be the only name that its bytes have. null: it is on another mount, or no link. */
  #moved(from: Attach["from"], { parent, name }: NameTouch, path: ByteText): ByteText | null {
    return from.kind === "link" && this.#world.directories.bring(linkPath(from), parent, name) ? path : null;
  }

  /** A path whose thing is renamed to where it belongs. */
  #source({ parent, child }: Attach["touch"], from: Attach["from"]): ByteText {
    const meta = this.#work.merged.metas.get(child);
    switch (from.kind) {
      case "held": {
        const aside = this.#aside.get(child);
        if (!aside) throw new Error("it could not be taken from where it is");
        return this.#world.directories.at(aside.parent, aside.name);
      }
      case "name": {
        const staged = this.#staged(parent);
        // Recorded, so that redo knows the file by a name that it keeps.
        const { path } = this.#world.touch(from.of.parent, from.of.name);
        fs.linkSync(toBytes(path), toBytes(staged));
        return staged;
      }
      case "link": {
        const read = () => fs.readFileSync(toArgument(linkPath(from)));
        return this.#make("file", parent, child, meta, (path) => writeNewFile(path, read()));
      }
      case "bytes":
        return this.#make("file", parent, child, meta, (path) => writeNewFile(path, from.read()));
      case "symlink":
        return this.#make("file", parent, child, meta, (path) => fs.symlinkSync(toBytes(from.target), toBytes(path)));
      case "pipe":
        return this.#make("file", parent, child, meta, (path) => makePipe(path, MADE_FILE));
      case "directory":
        return this.#make("directory", parent, child, undefined, (path) => fs.mkdirSync(toBytes(path), MADE_DIRECTORY));
    }
  }

  #staged(near: InodeId): ByteText {
    const { parent, name } = this.#holds.staged(near);
    return this.#world.directories.at(parent, name);
  }

  /** Makes something beside, complete, and says for whom it stands before it takes its place. */
  #make(
    kind: "file" | "directory",
    near: InodeId,
    old: InodeId,
    meta: InodeMeta | undefined,
    make: (path: ByteText) => void,
  ): ByteText {
    const path = this.#staged(near);
    make(path);
    if (meta) this.#setMeta(path, old, meta);
    const made = inodeAt(path);
    if (!made) throw new Error("what was made is gone");
    fs.appendFileSync(join(this.#execution.capture, REMADE), remadeLine(kind, old, made.id), { mode: 0o600 });
    if (kind === "directory") this.#world.remade(old, made.id);
    return path;
  }

  #rewrite(at: Standing, bytes: Buffer, inPlace: boolean): void {
    const { parent, name } = this.#work.before.nameOf(at.id) ?? at;
    const meta = this.#work.merged.metas.get(at.id);
    const { path, inode } = this.#world.touch(parent, name);
    if (!inode || inode.id !== at.inode.id) throw new Error("it changed while undo was at work");
    // It may have got its other names back meanwhile.
    const shared = inPlace || inode.nlink > 1;
    this.#execution.recorder.inode(inode, path, shared ? "copy" : "link");
    if (shared) {
      overwriteInode(path, inode, bytes);
      if (meta) this.#setMeta(path, at.id, meta);
      return;
    }
    const made = this.#make("file", parent, at.id, meta, (staged) => writeNewFile(staged, bytes));
    fs.renameSync(toBytes(made), toBytes(path));
  }

  /** Deepest first: what is done in a directory changes its time. */
  #setMetadata(): Set<InodeId> {
    const { metadata, merged, before } = this.#work;
    const depth = (id: InodeId) => (this.#world.isPlaced(id) ? before.depthOf(id) : Number.POSITIVE_INFINITY);
    const set = new Set<InodeId>();
    for (const id of [...metadata].sort((a, b) => depth(b) - depth(a))) {
      const meta = merged.metas.get(id);
      const at = before.placeOf(id);
      if (!meta || !at) continue;
      const root = at.parent === ABSENT;
      this.#attempt(root ? at.name : before.pathOf(at.parent, at.name), () => {
        if (!root && hasMeta(this.#world.directories.at(at.parent, at.name), meta)) {
          set.add(id);
          return;
        }
        const { path, inode } = root ? this.#world.touchRoot(id) : this.#world.touch(at.parent, at.name);
        if (!inode) throw new Error("it is not there");
        this.#execution.recorder.meta(inode, path);
        this.#setMeta(path, id, meta);
        set.add(id);
      });
    }
    return set;
  }

  #setMeta(path: ByteText, id: InodeId, meta: InodeMeta): void {
    const missing = setMeta(path, meta);
    const at = missing.length > 0 ? this.#work.before.nameOf(id) : undefined;
    if (at)
      this.#failures.push({ path: this.#work.before.shownPath(at), why: `its ${missing.join(", ")} could not be set` });
  }

  /** What could not go to its new place goes back to its old one. */
  #putBack(): void {
    for (const { parent, name, from } of this.#aside.values()) {
      this.#attempt(from.path, () => {
        const path = this.#world.directories.at(from.parent, from.name);
        if (inodeAt(path) === null) fs.renameSync(toBytes(this.#world.directories.at(parent, name)), toBytes(path));
      });
    }
  }
}
