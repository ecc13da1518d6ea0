import { entryType, type Inode, permissions } from "../disk/inode.ts";
import { type InodeId, nameKey } from "../format/record.ts";
import { CHANGEABLE, MADE_DIRECTORY, MADE_FILE, WRITABLE } from "./modes.ts";
import { isForced, type Scene } from "./scene.ts";
import type { Standing } from "./work.ts";

/** What is known when an undo goes on that was killed. */
type Continued = Pick<Scene, "merged" | "begun" | "force" | "uid">;

/** Said of what is neither what the undo found nor what it put there. */
const MADE = "made after the undo was interrupted";

/** Said of a file that somebody wrote into meanwhile, or of what has other permissions or another owner. */
export const CHANGED = "changed after the undo was interrupted";

/**
 * What somebody did to a name that an undo had touched before it was killed, in words; null: nothing. Nothing may stand there, what the
 * undo found there, or what it put there itself. `wanted`: what has to stand there in the end. It counts when it is forced, too: nobody
 * who forced it can have meant what came later.
 */
export function strayed(continued: Continued, at: Standing | null, wanted: InodeId): string | null {
  if (!at) return null;
  const { begun } = continued;
  const own = begun.made.get(at.inode.id);
  const known = own ?? at.id;
  if (own === undefined && at.id !== wanted && at.id !== begun.found.get(nameKey(at.parent, at.name))) return MADE;
  return isEdited(continued, at, known) ? CHANGED : null;
}

/**
 * Whether somebody changed a file or a directory that the undo had touched: what is in a file, the permissions or the owner are not as
 * before the turns, nor as they left it, nor as the undo found it or makes it on its way. Of the content of a file that the undo itself
 * was about to write into nobody can say that.
 */
export function isEdited(continued: Continued, at: Standing, known: InodeId): boolean {
  const { merged, begun, force } = continued;
  const { inode, path } = at;
  const type = entryType(inode.mode);
  if ((type !== "file" && type !== "directory") || begun.written.has(known)) return false;
  const found = begun.inodes.get(known);
  const isMade = type === "directory" ? inode.id !== known : begun.made.has(inode.id);
  // What was forced may have been another one before, and was only moved.
  if (isForced({ force }, path) && !found && !isMade) return false;
  const states = [merged.metas.get(known), merged.after.inodes.get(known), found].filter(
    (state) => state !== undefined,
  );
  if (states.length === 0) return false;
  const isContent =
    type === "directory" || states.some(({ size, mtime }) => size === inode.size && mtime === inode.mtime);
  // Whoever may not give a file away keeps what he made.
  const isOwner =
    (isMade && inode.uid === continued.uid) || states.some(({ uid, gid }) => uid === inode.uid && gid === inode.gid);
  return !(isContent && isOwner && isModeOf(inode, isMade, states));
}

/** Permissions without the bits that a change of the owner takes away. */
const steady = (mode: number): number => permissions(mode) & 0o1777;

/** Whether a mode is one of these, or one that undo gives for a while: to what it makes, and to what its owner may not change. */
function isModeOf({ mode }: Inode, isMade: boolean, states: readonly { mode: number }[]): boolean {
  const isDirectory = entryType(mode) === "directory";
  const now = steady(mode);
  if (isMade && now === (isDirectory ? MADE_DIRECTORY : MADE_FILE)) return true;
  const opened = isDirectory ? CHANGEABLE : WRITABLE;
  return states.some((state) => now === steady(state.mode) || now === (steady(state.mode) | opened));
}
