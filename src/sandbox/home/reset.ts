import { chmodSync, readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { statOf } from "./stat.ts";
import { lockUnused } from "./store.ts";

/**
 * Throws away what commands left: all of it, or what lies at these places (relative to the home directory) and beneath them. false: somebody uses
 * the layer, and nothing was touched. Throws what the disk says.
 */
export function resetLayer(store: string, places: readonly string[] | null = null): boolean {
  if (statOf(store) === null) return true;
  const unused = lockUnused(store);
  if (unused === null) return false;
  try {
    if (places === null) for (const name of ["upper", "work"]) removeTree(join(store, name));
    for (const place of places ?? []) removeFromLayer(join(store, "upper"), place);
    return true;
  } finally {
    unused.close();
  }
}

/** Removes a place of a layer that nobody uses; no link on the way to it is followed. */
export function removeFromLayer(upper: string, place: string): void {
  for (let above = dirname(place); above !== "."; above = dirname(above))
    if (statOf(join(upper, above))?.isDirectory() !== true) return;
  removeTree(join(upper, place));
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
