import { realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import { isWithin } from "../../base/index.ts";
import { type Inode, inodeAt } from "../disk/inode.ts";
import { type ByteText, childPath, fromPath } from "../format/byte-text.ts";
import { ABSENT, type InodeId } from "../format/record.ts";
import { idOf, type JournalRecorder, type Keep } from "./recorder.ts";

/** What of the disk is kept. Absolute paths without links. */
export interface Watched {
  roots: readonly string[];
  /** Passed over, whatever root they lie in. */
  skip: readonly string[];
}

/** git's own: neither kept nor touched. */
export const GIT = ".git";

/**
 * Keeps what is at a path before it changes. Links in its directory are followed, one at its end is not. What lies outside of
 * what is watched, or is git's own, is passed over. `name`: the name alone, for what only moves.
 */
export function touchPath(recorder: JournalRecorder, watched: Watched, path: string, keep: Keep | "name"): void {
  const place = whereOf(path);
  const full = childPath(place.directory, place.name);
  const root = watched.roots.find((root) => isWithin(full, fromPath(root)));
  if (root === undefined || watched.skip.some((skip) => isWithin(full, fromPath(skip))) || full === fromPath(root))
    return;
  if (full.split("/").includes(GIT)) {
    if (place.name === GIT) recorder.gap("git", ABSENT, full);
    return;
  }
  const parent = recordChain(recorder, place.directory, fromPath(root));
  if (parent === null) return;
  const inode = inodeAt(full);
  recorder.name(parent, place.name, idOf(inode));
  if (inode && keep !== "name") recorder.inode(inode, full, keep);
}

/** The deepest directory above a path that exists, and the first name below it: that is what a change touches. */
function whereOf(path: string): { directory: ByteText; name: ByteText } {
  for (let at = path; ; at = dirname(at)) {
    try {
      return { directory: fromPath(realpathSync(dirname(at))), name: fromPath(basename(at)) };
    } catch (error) {
      if (at === dirname(at)) throw error;
    }
  }
}

/** Records a directory and those above it up to its root; gives its id, null when it is gone. */
function recordChain(recorder: JournalRecorder, directory: ByteText, root: ByteText): InodeId | null {
  const inode: Inode | null = inodeAt(directory);
  if (inode === null) return null;
  const parent = directory === root ? ABSENT : recordChain(recorder, dirname(directory), root);
  if (parent === null) return null;
  const above = parent === ABSENT ? idOf(inodeAt(dirname(directory))) : parent;
  recorder.directory(inode.id, directory === "/" ? ABSENT : above, basename(directory), directory);
  return inode.id;
}
