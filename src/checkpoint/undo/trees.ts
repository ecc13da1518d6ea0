import type { UndoConflict } from "../contract.ts";
import { entryType } from "../disk/inode.ts";
import { type ByteText, toPath } from "../format/byte-text.ts";
import { ABSENT, type InodeId, nameKey } from "../format/record.ts";
import { type TreeEntry, walkTree } from "../merge/today.ts";
import { strayed } from "./begun.ts";
import { drift } from "./drift.ts";
import { isForced, type NameState, type Scene } from "./scene.ts";
import type { Standing } from "./work.ts";

/** What taking away of a name means, for all that it brings along. */
export interface Leaving {
  /** Needed at another name. */
  detach: Standing[];
  /** Deepest first. */
  remove: Standing[];
  /** Directories that are gone through, whether they go or not. */
  directories: Standing[];
  /** What stays, and the directories above it do with it. */
  kept: UndoConflict[];
  /** Those of them that an undo touched before it was killed, and that are somebody's. */
  others: ByteText[];
  /** A repository lies in it: all of it stays. */
  git: boolean;
}

/** Inodes that other names need, and those of them that were found already (a second name of one is just a name). */
export interface Needs {
  needed: ReadonlySet<InodeId>;
  taken: Set<InodeId>;
}

/** What stands at a name where it does not belong; null: nothing does. */
export function leavingOf(scene: Scene, { at }: NameState, needs: Needs): Leaving | null {
  if (!at) return null;
  const nothing: Leaving = { detach: [], remove: [], directories: [], kept: [], others: [], git: false };
  if (take(needs, at.id)) return { ...nothing, detach: [at] };
  if (entryType(at.inode.mode) !== "directory")
    return mayGo(scene, at, needs.taken) ? { ...nothing, remove: [at] } : stays(at);
  if (scene.before.nameOf(at.id)) return stays(at);
  const { entries, git } = walkTree(at, (id) => !isOld(scene, id), scene.merged.canonical);
  if (git) return { ...nothing, git: true };
  return sortEntries(scene, at, entries, needs);
}

/** Whether this is the first name of an inode that is needed elsewhere. */
function take({ needed, taken }: Needs, id: InodeId): boolean {
  if (!needed.has(id) || taken.has(id)) return false;
  taken.add(id);
  return true;
}

/** It was there before, and what keeps it from its own place is said there. */
const stays = (at: Standing): Leaving => ({
  detach: [],
  remove: [],
  directories: [],
  kept: [{ path: toPath(at.path), why: "was there before the turn, and cannot go back to its place" }],
  others: [],
  git: false,
});

/** Whether an inode was there before the turn. */
const isOld = (scene: Scene, id: InodeId) => scene.before.nameOf(id) !== undefined;

/** A name may go when what it stands for is new, has its own name, or was put aside by another one. */
function mayGo(scene: Scene, { id }: Standing, taken: ReadonlySet<InodeId>): boolean {
  return !isOld(scene, id) || scene.present.has(id) || taken.has(id);
}

function sortEntries(scene: Scene, top: Standing, entries: TreeEntry[], needs: Needs): Leaving {
  const leaving: Leaving = { detach: [], remove: [], directories: [top], kept: [], others: [], git: false };
  const keeping = new Set<InodeId>();
  for (const entry of entries.toReversed()) {
    const at: Standing = {
      parent: entry.parent,
      name: entry.name,
      id: entry.child,
      inode: entry.inode,
      path: entry.path,
    };
    if (entryType(at.inode.mode) === "directory") leaving.directories.push(at);
    if (take(needs, at.id)) {
      leaving.detach.push(at);
      continue;
    }
    const why = keeping.has(at.id) ? null : whyKept(scene, at, needs.taken);
    if (why !== null) leaving.kept.push({ path: toPath(at.path), why });
    if (why !== null && scene.begun.touched.has(nameKey(at.parent, at.name))) leaving.others.push(at.path);
    if (why !== null || keeping.has(at.id)) keeping.add(at.parent);
    else leaving.remove.push(at);
  }
  if (!keeping.has(top.id)) leaving.remove.push(top);
  return leaving;
}

/** Said of what somebody changed after one call and before another one, which changed it, too. */
export const FOREIGN = "changed between two turns";

function whyKept(scene: Scene, at: Standing, taken: ReadonlySet<InodeId>): string | null {
  if (!mayGo(scene, at, taken)) return "was there before the turn, and cannot go back to its place";
  if (scene.merged.foreign.has(at.id) || scene.merged.foreign.has(nameKey(at.parent, at.name))) return FOREIGN;
  if (scene.begun.touched.has(nameKey(at.parent, at.name))) return strayed(scene, at, ABSENT);
  if (isForced(scene, at.path)) return null;
  return drift(scene.merged, { ...at, found: at });
}
