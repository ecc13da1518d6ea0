import { type BigIntStats, lstatSync, readdirSync } from "node:fs";

/** As native/src/standin.c marks them: the sticky bit without any write bit, and 1970-01-02. */
const DIRECTORY_MODE = 0o1555n;
const FILE_MODE = 0o1444n;
const MARK_NS = 86_400_000_000_000n;

/**
 * True for the empty file or directory that the launcher puts where a protected place in the home directory is missing. A command can mark
 * what it made like that: with something in it, it is none.
 */
export function isStandIn(path: string, stat: BigIntStats): boolean {
  if (stat.mtimeNs !== MARK_NS) return false;
  const mode = stat.mode & 0o7777n;
  if (stat.isDirectory()) return mode === DIRECTORY_MODE && isEmpty(path);
  return stat.isFile() && mode === FILE_MODE && stat.size === 0n;
}

/** What cannot be listed may hold anything. */
function isEmpty(directory: string): boolean {
  try {
    return readdirSync(directory).length === 0;
  } catch {
    return false;
  }
}

/**
 * What is at a path: something, nothing, or the launcher's stand-in. A link is something, wherever it leads. Where nobody may look (a home of
 * root's), or where there is no directory, there is nothing for a command either: the guard, which looks again where one may write, throws.
 */
export function presence(path: string): "something" | "nothing" | "stand-in" {
  try {
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (stat) return isStandIn(path, stat) ? "stand-in" : "something";
  } catch {
    // As there.
  }
  return "nothing";
}
