import type { BigIntStats } from "node:fs";
import { join } from "node:path";
import { isCopy, isOpaque, isWhiteout, sortedNames, statOf } from "./stat.ts";

/** What commands left at one place of the layer, in the place of what the home directory has there. */
export interface LeftEntry {
  /** Relative to the home directory. Text of others. */
  path: string;
  change: "new" | "changed" | "deleted";
  kind: "directory" | "file" | "other";
  /** Of files; of a new directory all that is in it. */
  bytes: number;
}

/**
 * What differs from the home directory: files that were only copied into the layer are left out, as their time and size say. Nothing is opened and
 * no link is followed; a new directory is one entry.
 */
export function leftInLayer(store: string, home: string): LeftEntry[] {
  const found: LeftEntry[] = [];
  for (const name of sortedNames(join(store, "upper"))) look(join(store, "upper"), home, name, found);
  return found;
}

function look(upper: string, home: string, path: string, found: LeftEntry[]): void {
  const own = statOf(join(upper, path));
  if (own === null) return;
  const theirs = statOf(join(home, path));
  const kind = own.isDirectory() ? "directory" : own.isFile() ? "file" : "other";
  if (isWhiteout(own)) {
    if (theirs !== null)
      found.push({ path, change: "deleted", kind: theirs.isDirectory() ? "directory" : "file", bytes: 0 });
    return;
  }
  const merged = own.isDirectory() && theirs?.isDirectory() === true && !isOpaque(join(upper, path));
  if (!merged) {
    if (theirs !== null && isCopy(own, theirs)) return;
    found.push({ path, change: theirs === null ? "new" : "changed", kind, bytes: bytesOf(join(upper, path), own) });
    return;
  }
  for (const name of sortedNames(join(upper, path))) look(upper, home, join(path, name), found);
}

function bytesOf(path: string, stat: BigIntStats): number {
  if (!stat.isDirectory()) return stat.isFile() ? Number(stat.size) : 0;
  return sortedNames(path).reduce((sum, name) => {
    const inner = statOf(join(path, name));
    return inner === null ? sum : sum + bytesOf(join(path, name), inner);
  }, 0);
}
