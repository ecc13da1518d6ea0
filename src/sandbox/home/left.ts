import { type BigIntStats, chmodSync, lstatSync, readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { fileCalls } from "../../base/libc.ts";
import { lockUnused } from "./store.ts";

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
  for (const name of namesIn(join(store, "upper"))) look(join(store, "upper"), home, name, found);
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
  for (const name of namesIn(join(upper, path))) look(upper, home, join(path, name), found);
}

/** overlayfs marks with this device what is deleted. */
const isWhiteout = (stat: BigIntStats) => stat.isCharacterDevice() && stat.rdev === 0n;

/** The kernel copies mode, size and time. */
function isCopy(own: BigIntStats, theirs: BigIntStats): boolean {
  return own.mode === theirs.mode && own.size === theirs.size && own.mtimeNs === theirs.mtimeNs && !own.isDirectory();
}

/** A directory in the place of one of the home directory, of which nothing shows through. */
function isOpaque(path: string): boolean {
  const [file, name] = [path, "user.overlay.opaque"].map((text) => Buffer.from(`${text}\0`));
  return Number(fileCalls().lgetxattr(file ?? null, name ?? null, Buffer.alloc(1), 1)) > 0;
}

function bytesOf(path: string, stat: BigIntStats): number {
  if (!stat.isDirectory()) return stat.isFile() ? Number(stat.size) : 0;
  return namesIn(path).reduce((sum, name) => {
    const inner = statOf(join(path, name));
    return inner === null ? sum : sum + bytesOf(join(path, name), inner);
  }, 0);
}

/** Nothing where the directory cannot be read: a command may have closed it. */
function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

function statOf(path: string): BigIntStats | null {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

/** Throws away what commands left; false: somebody uses the layer, and nothing was touched. Throws what the disk says. */
export function resetLayer(store: string): boolean {
  if (statOf(store) === null) return true;
  const unused = lockUnused(store);
  if (unused === null) return false;
  try {
    for (const name of ["upper", "work"]) removeTree(join(store, name));
    return true;
  } finally {
    unused.close();
  }
}

/** Directories are opened first: overlayfs closes its own, and a command may have closed any. */
function removeTree(path: string): void {
  const stat = statOf(path);
  if (stat === null) return;
  if (!stat.isDirectory()) {
    unlinkSync(path);
    return;
  }
  chmodSync(path, 0o700);
  for (const name of readdirSync(path)) removeTree(join(path, name));
  rmdirSync(path);
}
