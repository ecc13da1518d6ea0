import { entryType, inodeAt } from "../disk/inode.ts";
import type { ByteText } from "../format/byte-text.ts";

/** Why nothing can be put back at a path whose directory is not where it was, in words. Undo makes no directory that the turn did not take. */
export function lostDirectory(path: ByteText): string {
  const parts = path.split("/");
  const above = parts.slice(1, -1).map((_, i) => parts.slice(0, i + 2).join("/"));
  return `its directory ${isLinked(above) ? "is a link now" : "was moved or removed"}: force does not go through it`;
}

function isLinked(directories: readonly ByteText[]): boolean {
  return directories.some((directory) => {
    try {
      const inode = inodeAt(directory);
      return inode !== null && entryType(inode.mode) === "symlink";
    } catch {
      // What may not be looked at is not known to be a link.
      return false;
    }
  });
}
