import type { BigIntStats } from "node:fs";
import { join } from "node:path";
import { isCopy, isOpaque, isWhiteout, sortedNames, statOf } from "./stat.ts";

/** One file, link or empty directory of the layer that differs from the home directory. Text of others. */
export interface LayerLeaf {
  /** Relative to the home directory. */
  path: string;
  change: "new" | "changed" | "deleted";
  /** Of what it is in the layer; where it was deleted there, of what the home directory has. */
  kind: "directory" | "file" | "link" | "other";
  /** In the layer; null: a directory above it was replaced, and it has none. */
  own: BigIntStats | null;
  /** In the home directory; null: nothing. */
  theirs: BigIntStats | null;
  /** The outermost place that goes with it: a directory of the layer that shows nothing of the home directory, or the leaf itself. */
  entry: string;
}

/** A directory of the layer that is looked at. */
interface Look {
  upper: string;
  home: string;
  /** The outermost directory above that shows nothing of the home directory; null: there is none. */
  entry: string | null;
  found: LayerLeaf[];
}

/** What differs from the home directory, leaf by leaf. Nothing is opened and no link is followed. */
export function leavesOf(store: string, home: string): LayerLeaf[] {
  const found: LayerLeaf[] = [];
  const upper = join(store, "upper");
  for (const name of sortedNames(upper)) look({ upper, home, entry: null, found }, name);
  return found;
}

function look(at: Look, path: string): void {
  const [own, theirs] = [statOf(join(at.upper, path)), statOf(join(at.home, path))];
  const leaf = { path, own, theirs, entry: at.entry ?? path };
  if (own === null || isWhiteout(own)) {
    if (theirs !== null) at.found.push({ ...leaf, change: "deleted", kind: kindOf(theirs) });
    return;
  }
  if (own.isDirectory()) lookInto(at, { ...leaf, own });
  else if (theirs === null || !isCopy(own, theirs))
    at.found.push({ ...leaf, change: changeOf(theirs), kind: kindOf(own) });
}

function lookInto(at: Look, leaf: Pick<LayerLeaf, "path" | "theirs" | "entry"> & { own: BigIntStats }): void {
  const { path, theirs, entry } = leaf;
  const overlaid = theirs?.isDirectory() === true;
  const shows = at.entry === null && overlaid && !isOpaque(join(at.upper, path));
  const names = new Set(sortedNames(join(at.upper, path)));
  if (!shows && overlaid) for (const name of sortedNames(join(at.home, path))) names.add(name);
  if (!overlaid && (names.size === 0 || theirs !== null))
    at.found.push({ ...leaf, change: changeOf(theirs), kind: "directory" });
  const inside = shows ? at : { ...at, entry };
  for (const name of [...names].sort()) look(inside, join(path, name));
}

const changeOf = (theirs: BigIntStats | null) => (theirs === null ? "new" : "changed");

function kindOf(stat: BigIntStats): LayerLeaf["kind"] {
  if (stat.isDirectory()) return "directory";
  if (stat.isFile()) return "file";
  return stat.isSymbolicLink() ? "link" : "other";
}
