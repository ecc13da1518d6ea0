import { type BigIntStats, lstatSync } from "node:fs";

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
