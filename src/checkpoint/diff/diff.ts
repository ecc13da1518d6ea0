import { readFileSync, readlinkSync } from "node:fs";
import type { PathDiff } from "../contract.ts";
import { entryType, inodeAt } from "../disk/inode.ts";
import { type ByteText, childPath, toBytes, toPath } from "../format/byte-text.ts";
import type { InodeId, InodeMeta } from "../format/record.ts";
import { nameChanges, treesOf } from "../merge/changes.ts";
import { type Available, contentOf, contentsOf, linkPath } from "../merge/content.ts";
import { mergeSegments } from "../merge/merged.ts";
import { hashBytes } from "../merge/note.ts";
import type { NotedInode } from "../merge/note-file.ts";
import type { Merged, NameTouch } from "../merge/state.ts";
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
  const trees = treesOf(own);
  const diffs: PathDiff[] = [];
  for (const { key } of nameChanges(own, trees)) {
    const [was, is] = [key.before, key.after];
    const facts = was ? (own.metas.get(was.child) ?? own.after.inodes.get(was.child)) : undefined;
    const left = is ? own.after.inodes.get(is.child) : undefined;
    const alike = was && was.child === is?.child && isUnwritten(own, was.child, left);
    const old = was && sideOf(trees.before, was, facts, alike ? ALIKE : find(before, was.child));
    const now = is && sideOf(trees.after, is, left, alike ? ALIKE : asLeft(find(after, is.child), left, old));
    const diff = await diffSides(old, now, file.root);
    if (diff) diffs.push(diff);
  }
  return diffs.sort((a, b) => (a.path < b.path ? -1 : 1));
}

interface Found {
  bytes: Buffer | null;
  target: string | null;
  /** Of what it was found as; null: it was not found. */
  size: number | null;
  mtime: bigint | null;
}

const NOT_FOUND: Found = { bytes: null, target: null, size: null, mtime: null };

/** Of both sides of a file that the turn did not write into: what is in it is not asked. */
const ALIKE: Found = { ...NOT_FOUND, bytes: Buffer.alloc(0) };

const isUnwritten = (own: Merged, id: InodeId, left: NotedInode | undefined) =>
  left !== undefined && entryType(left.mode) === "file" && !own.contents.has(id);

/** What was found, if it is still what the turn left; else what was there before, if the turn left it as it was. */
function asLeft(found: Found, left: NotedInode | undefined, old: DiffSide | null): Found & { lost?: true } {
  if (!left || !["file", "symlink"].includes(entryType(left.mode)) || isLeft(found, left)) return found;
  const { bytes = null, target = null } = old ?? {};
  const same = bytes !== null && left.hash !== undefined && hashBytes(bytes) === left.hash;
  return same ? { ...found, bytes, target } : { ...NOT_FOUND, lost: true };
}

function isLeft({ bytes, size, mtime }: Found, left: NotedInode): boolean {
  if (size !== left.size) return false;
  return bytes !== null && left.hash !== undefined ? hashBytes(bytes) === left.hash : mtime === left.mtime;
}

/** Content of an inode at the beginning of what is merged: kept, or still on disk. */
function finder(all: Merged, objects: string): (merged: Merged, id: InodeId) => Found {
  const today = lookAround(all);
  const after = KnownTree.after(all);
  const places = new Map<InodeId, ByteText>();
  for (const { parent, name } of [...all.names.values(), ...all.after.names.values()]) {
    const directory = today.directories.get(parent);
    // No record tells of a directory that a turn made: the note of its names does.
    const path = directory ? childPath(directory.path, name) : after.pathOf(parent, name);
    const inode = inodeAt(path);
    if (inode) places.set(all.canonical(inode.id), path);
  }
  return (merged, id) => {
    const kept = contentOf(merged, id, objects);
    if (kept) return readAvailable(kept, merged.metas.get(id));
    const path = contentsOf(merged.contents, id).includes(null) ? undefined : places.get(id);
    return path === undefined ? NOT_FOUND : readAt(path);
  };
}

/** @param meta of what was kept, when it was */
function readAvailable(kept: Available, meta: InodeMeta | undefined): Found {
  const { size = null, mtime = null } = meta ?? {};
  if (kept.kind === "symlink") return { bytes: null, target: toPath(kept.target), size, mtime };
  if (kept.kind === "link") return readAt(linkPath(kept));
  return { bytes: kept.length > MOST_READ ? null : kept.read(), target: null, size: kept.length, mtime };
}

function readAt(path: ByteText): Found {
  const inode = inodeAt(path);
  if (!inode) return NOT_FOUND;
  const { size, mtime } = inode;
  const type = entryType(inode.mode);
  const target =
    type === "symlink" ? toPath(readlinkSync(toBytes(path), { encoding: "buffer" }).toString("latin1")) : null;
  const readable = type === "file" && size <= MOST_READ;
  return { bytes: readable ? readFileSync(toBytes(path)) : null, target, size, mtime };
}

interface SideFacts {
  mode: number;
  uid: number;
  gid: number;
  size: number;
}

function sideOf(
  tree: KnownTree,
  touch: NameTouch,
  facts: SideFacts | undefined,
  found: Found & { lost?: true },
): DiffSide | null {
  if (!facts) return null;
  const { mode, uid, gid } = facts;
  return {
    path: toPath(tree.pathOf(touch.parent, touch.name)),
    mode,
    uid,
    gid,
    size: found.bytes?.length ?? facts.size,
    bytes: found.bytes,
    target: found.target,
    ...(found.lost ? { lost: true } : {}),
  };
}

/** From what is there now to what the work would make of it; `only`: of these paths alone. */
export async function diffOfWork(work: UndoWork, only: ReadonlySet<string> | null, root: string): Promise<PathDiff[]> {
  const diffs: PathDiff[] = [];
  const add = async (before: DiffSide | null, after: DiffSide | null) => {
    const path = after?.path ?? before?.path;
    if (path === undefined || (only && !only.has(path))) return;
    const diff = await diffSides(before, after, root);
    if (diff) diffs.push(diff);
  };
  for (const { path } of work.remove) await add(sideAt(path), null);
  for (const { touch, from, over } of work.attach) {
    if (from.kind === "held" || from.kind === "name") continue;
    const facts = work.merged.metas.get(touch.child);
    const found = from.kind === "directory" || from.kind === "pipe" ? NOT_FOUND : readAvailable(from, facts);
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
        bytes: readAvailable(content, facts).bytes,
      });
  }
  return diffs.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function sideAt(path: ByteText): DiffSide | null {
  const inode = inodeAt(path);
  if (!inode) return null;
  const { mode, uid, gid, size } = inode;
  const { bytes, target } = readAt(path);
  return { path: toPath(path), mode, uid, gid, size, bytes, target };
}
