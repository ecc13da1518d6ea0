import { entryType } from "../disk/inode.ts";
import { type InodeId, nameKey } from "../format/record.ts";
import { isForced, type Scene } from "./scene.ts";
import type { Standing } from "./work.ts";

/** What is known when an undo goes on that was killed. */
type Continued = Pick<Scene, "merged" | "begun" | "force">;

/** Said of what is neither what the undo found nor what it put there. */
const MADE = "made after the undo was interrupted";

/** Said of a file that somebody wrote into meanwhile. */
export const CHANGED = "changed after the undo was interrupted";

/**
 * What somebody did to a name that an undo had touched before it was killed, in words; null: nothing. Nothing may stand there, what the
 * undo found there, or what it put there itself. `wanted`: what has to stand there in the end. It counts when it is forced, too: nobody
 * who forced it can have meant what came later.
 */
export function strayed({ merged, begun, force }: Continued, at: Standing | null, wanted: InodeId): string | null {
  if (!at) return null;
  const own = begun.made.get(at.inode.id);
  const known = own ?? at.id;
  if (own === undefined && at.id !== wanted && at.id !== begun.found.get(nameKey(at.parent, at.name))) return MADE;
  return isEdited({ merged, begun, force }, at, known) ? CHANGED : null;
}

/**
 * Whether somebody wrote into a file that the undo had touched: it is not as before the turns, nor as they left it, nor as the undo found
 * it. Of a file that the undo itself was about to write into nobody can say that.
 */
export function isEdited({ merged, begun, force }: Continued, { inode, path }: Standing, known: InodeId): boolean {
  if (entryType(inode.mode) !== "file" || begun.written.has(known)) return false;
  const found = begun.inodes.get(known);
  const made = begun.made.has(inode.id);
  // What was forced may have been another one before, and was only moved.
  if (isForced({ force }, path) && !found && !made) return false;
  const states = [merged.metas.get(known), merged.after.inodes.get(known), found].filter(
    (state) => state !== undefined,
  );
  return states.length > 0 && !states.some(({ size, mtime }) => size === inode.size && mtime === inode.mtime);
}
