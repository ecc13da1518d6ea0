import { readFileSync, readlinkSync } from "node:fs";
import type { PathDiff } from "../contract.ts";
import { entryType, inodeAt } from "../disk/inode.ts";
import { type ByteText, childPath, toBytes, toPath } from "../format/byte-text.ts";
import type { InodeId } from "../format/record.ts";
import { nameChanges } from "../merge/changes.ts";
import { type Available, contentOf } from "../merge/content.ts";
import { type Merged, mergeSegments, type NameTouch } from "../merge/merged.ts";
import { lookAround } from "../merge/today.ts";
import { KnownTree } from "../merge/tree.ts";
import { segmentsOf } from "../store/steps.ts";
import { objectsOf, type StoredStep, type ThreadFile } from "../store/thread-file.ts";
import type { UndoWork } from "../undo/work.ts";
import { type DiffSide, diffSides } from "./text.ts";

/** Files above this are not read for a diff. */
const MOST_READ = 4 * 1024 * 1024;

/** What a turn changed, path by path, as far as both sides are still to be had. */
export async function diffOfTurn(file: ThreadFile, moatHome: string, step: StoredStep): Promise<PathDiff[]> {
  const own = mergeSegments([segmentsOf(file, step)]);
  const since = (seq: number) =>
    mergeSegments(file.steps.filter((each) => each.seq >= seq).map((each) => segmentsOf(file, each)));
  const [before, after] = [since(step.seq), since(step.seq + 1)];
  const find = finder(before, objectsOf(moatHome, file.thread_id));
  const trees = { before: KnownTree.before(own), after: KnownTree.after(own) };
  const diffs: PathDiff[] = [];
  for (const { key } of nameChanges(own)) {
    const old =
      key.before &&
      sideOf(
        trees.before,
        key.before,
        own.metas.get(key.before.child) ?? own.after.inodes.get(key.before.child),
        find(before, key.before.child),
      );
    const now =
      key.after && sideOf(trees.after, key.after, own.after.inodes.get(key.after.child), find(after, key.after.child));
    const diff = await diffSides(old, now);
    if (diff) diffs.push(diff);
  }
  return diffs.sort((a, b) => (a.path < b.path ? -1 : 1));
}

type Found = { bytes: Buffer | null; target: string | null };

/** Content of an inode at the beginning of what is merged: kept, or still on disk. */
function finder(all: Merged, objects: string): (merged: Merged, id: InodeId) => Found {
  const today = lookAround(all);
  const places = new Map<InodeId, ByteText>();
  for (const { parent, name } of [...all.names.values(), ...all.after.names.values()]) {
    const directory = today.directories.get(parent);
    const path = directory ? childPath(directory.path, name) : null;
    const inode = path === null ? null : inodeAt(path);
    if (inode && path !== null) places.set(all.canonical(inode.id), path);
  }
  return (merged, id) => {
    const kept = contentOf(merged, id, objects);
    if (kept) return readAvailable(kept);
    const path = merged.contents.get(id)?.includes(null) ? undefined : places.get(id);
    return path === undefined ? { bytes: null, target: null } : readAt(path);
  };
}

function readAvailable(kept: Available): Found {
  if (kept.kind === "symlink") return { bytes: null, target: toPath(kept.target) };
  if (kept.kind === "link") return readAt(Buffer.from(kept.path).toString("latin1"));
  return { bytes: kept.length > MOST_READ ? null : kept.read(), target: null };
}

function readAt(path: ByteText): Found {
  const inode = inodeAt(path);
  const type = inode ? entryType(inode.mode) : "other";
  if (type === "symlink")
    return { bytes: null, target: toPath(readlinkSync(toBytes(path), { encoding: "buffer" }).toString("latin1")) };
  const readable = inode && type === "file" && inode.size <= MOST_READ;
  return { bytes: readable ? readFileSync(toBytes(path)) : null, target: null };
}

interface SideFacts {
  mode: number;
  uid: number;
  gid: number;
  size: number;
}

function sideOf(tree: KnownTree, touch: NameTouch, facts: SideFacts | undefined, found: Found): DiffSide | null {
  if (!facts) return null;
  const { mode, uid, gid } = facts;
  return {
    path: toPath(tree.pathOf(touch.parent, touch.name)),
    mode,
    uid,
    gid,
    size: found.bytes?.length ?? facts.size,
    ...found,
  };
}

/** From what is there now to what the work would make of it; `only`: of these paths alone. */
export async function diffOfWork(work: UndoWork, only: ReadonlySet<string> | null): Promise<PathDiff[]> {
  const diffs: PathDiff[] = [];
  const add = async (before: DiffSide | null, after: DiffSide | null) => {
    const path = after?.path ?? before?.path;
    if (path === undefined || (only && !only.has(path))) return;
    const diff = await diffSides(before, after);
    if (diff) diffs.push(diff);
  };
  for (const { path } of work.remove) await add(sideAt(path), null);
  for (const { touch, from, over } of work.attach) {
    if (from.kind === "held" || from.kind === "name") continue;
    const facts = work.merged.metas.get(touch.child);
    const found =
      from.kind === "directory" || from.kind === "pipe" ? { bytes: null, target: null } : readAvailable(from);
    await add(over ? sideAt(over.path) : null, sideOf(work.before, touch, facts, found));
  }
  for (const { at, content } of work.rewrite) {
    const now = sideAt(at.path);
    const facts = work.merged.metas.get(at.id);
    if (now && facts)
      await add(now, {
        ...now,
        mode: facts.mode,
        uid: facts.uid,
        gid: facts.gid,
        size: facts.size,
        ...readAvailable(content),
      });
  }
  return diffs.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function sideAt(path: ByteText): DiffSide | null {
  const inode = inodeAt(path);
  if (!inode) return null;
  const { mode, uid, gid, size } = inode;
  return { path: toPath(path), mode, uid, gid, size, ...readAt(path) };
}
