import { entryType, inodeAt, permissions } from "../disk/inode.ts";
import { hasAttributes } from "../disk/meta.ts";
import { toPath } from "../format/byte-text.ts";
import { ABSENT, type InodeId, type InodeMeta, nameKey } from "../format/record.ts";
import { contentOf, isWritten } from "../merge/content.ts";
import { CHANGED, isEdited } from "./begun.ts";
import { drift } from "./drift.ts";
import { isForced, type Scene } from "./scene.ts";
import { gapOf, gapWords } from "./sources.ts";
import type { Standing, UndoWork } from "./work.ts";

/** Adds to a plan what changes in inodes that are there: content, permissions, owner, times, attributes. */
export function planInodes(scene: Scene, work: UndoWork): void {
  const standing = standingOf(scene, work);
  for (const [id, meta] of scene.merged.metas) {
    const at = standing.get(id);
    if (!at) continue;
    const type = entryType(meta.mode);
    const rewrite = type === "file" && isRewritten(scene, id, at, meta);
    const set = !sameMeta(meta, at);
    const late = type === "directory" || meta.mtime !== at.inode.mtime;
    if (!rewrite && !set && !late) continue;
    const why = type === "directory" && !set ? null : conflictOf(scene, at);
    if (why !== null) {
      const edited = editedOf(scene, at);
      if (rewrite || set || edited) work.conflicts.push({ path: toPath(at.path), why });
      if (edited) work.others.add(at.path);
    } else if (!rewrite) {
      work.metadata.add(id);
      if (set) work.changes.push({ path: toPath(at.path), kind: "metadata", type });
    } else planRewrite(scene, work, at);
  }
  for (const at of [...work.remove, ...work.attach.flatMap(({ over }) => over ?? [])]) {
    const meta = standing.has(at.id) ? undefined : scene.merged.metas.get(at.id);
    if (!meta || entryType(meta.mode) !== "file" || at.inode.nlink === 1) continue;
    work.parting.set(at.id, isRewritten(scene, at.id, at, meta) ? contentOf(scene.merged, at.id, scene.objects) : null);
  }
  for (const { touch, from } of work.attach)
    if (from.kind === "directory" || (from.kind === "link" && !from.whole)) work.metadata.add(touch.child);
}

/** Where old inodes are that stay or move; by id. */
function standingOf(scene: Scene, work: UndoWork): Map<InodeId, Standing> {
  const standing = new Map<InodeId, Standing>(scene.begun.held);
  for (const { at, right } of scene.states) if (right && at) standing.set(at.id, at);
  for (const at of work.detach) standing.set(at.id, at);
  for (const [id, { anchor, name, path }] of scene.today.directories) {
    const inode = anchor && scene.merged.metas.has(id) ? inodeAt(path) : null;
    if (inode) standing.set(id, { parent: ABSENT, name, id, inode, path });
  }
  return standing;
}

/** Whether the content is another one than it was. Where it was only ever linked, nothing was written into it. */
function isRewritten(scene: Scene, id: InodeId, { inode }: Standing, meta: InodeMeta): boolean {
  return isWritten(scene.merged.contents, id) && (inode.size !== meta.size || inode.mtime !== meta.mtime);
}

function sameMeta(meta: InodeMeta, { inode, path }: Standing): boolean {
  if (permissions(meta.mode) !== permissions(inode.mode) || meta.uid !== inode.uid || meta.gid !== inode.gid)
    return false;
  return hasAttributes(path, meta.xattrs);
}

const editedOf = (scene: Scene, at: Standing): boolean => {
  const { touched } = scene.begun;
  return (touched.has(at.id) || touched.has(nameKey(at.parent, at.name))) && isEdited(scene, at, at.id);
};

function conflictOf(scene: Scene, at: Standing): string | null {
  if (editedOf(scene, at)) return CHANGED;
  if (at.parent === ABSENT || isForced(scene, at.path) || scene.begun.touched.has(at.id)) return null;
  return drift(scene.merged, { ...at, found: at });
}

function planRewrite(scene: Scene, work: UndoWork, at: Standing): void {
  const content = contentOf(scene.merged, at.id, scene.objects);
  if (content?.kind === "bytes") {
    const own = scene.uid === null || scene.uid === 0 || scene.uid === at.inode.uid;
    work.rewrite.push({ at, content, inPlace: at.inode.nlink > 1 || !own });
    work.changes.push({ path: toPath(at.path), kind: "rewrite", type: "file" });
    work.bytes += content.length;
  } else if (content === null) {
    const reason = gapOf(scene, at.id);
    work.gaps.push({ reason, path: toPath(at.path), why: gapWords(reason) });
  } else work.metadata.add(at.id);
}
