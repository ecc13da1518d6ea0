import { type BigIntStats, lstatSync, readdirSync } from "node:fs";
import { fileCalls } from "../../base/libc.ts";

/** What is at a path, no link at its end followed; null: nothing that can be looked at. */
export function statOf(path: string): BigIntStats | null {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

/** overlayfs marks with this device what is deleted. */
export const isWhiteout = (stat: BigIntStats): boolean => stat.isCharacterDevice() && stat.rdev === 0n;

/** It was only copied into the layer: the kernel copies mode, size and time. */
export function isCopy(own: BigIntStats, theirs: BigIntStats): boolean {
  return own.mode === theirs.mode && own.size === theirs.size && own.mtimeNs === theirs.mtimeNs && !own.isDirectory();
}

/** A directory in the place of one of the home directory, of which nothing shows through. */
export function isOpaque(path: string): boolean {
  const [file, name] = [path, "user.overlay.opaque"].map((text) => Buffer.from(`${text}\0`));
  return Number(fileCalls().lgetxattr(file ?? null, name ?? null, Buffer.alloc(1), 1)) > 0;
}

/** Names in a directory, in order. Nothing where it cannot be read: a command may have closed it. */
export function sortedNames(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}
