import { type BigIntStats, readlinkSync } from "node:fs";
import { join } from "node:path";
import { readRegular } from "../../../base/index.ts";
import { type DiffSide, loadStoredCheckpoints, type PathDiff } from "../../../checkpoint/index.ts";
import type { LayerLeaf } from "../../../sandbox/index.ts";
import { safe } from "../../../term/index.ts";
import type { Flags, Host } from "../../contract.ts";
import { styleOf } from "../../threads/text.ts";
import { diffPatch, diffText } from "../../undo/shown.ts";
import { isMeant, type LayerPlace } from "./place.ts";

/** Files above this are not read for a diff, as those of a turn. */
const MOST_READ = 4 * 1024 * 1024;

/** `moat sandbox home diff`: how the layer differs from the home directory: a patch for text, a line for all else. */
export async function diffLayer(host: Host, place: LayerPlace, flags: Flags): Promise<number> {
  const { leavesOf } = await import("../../../sandbox/index.ts");
  const leaves = leavesOf(place.store, place.home).filter(({ path }) => isMeant(path, place));
  const diffs = await leafDiffs(place, leaves);
  if (flags.json === true) host.json(diffs);
  else if (host.stdout_is_tty && diffs.length > 0) host.stdout(safe`${diffText(diffs, styleOf(host))}\n`);
  else host.data(diffPatch(diffs));
  return 0;
}

/** How leaves of a layer differ from the home directory. */
export async function leafDiffs({ store, home }: LayerPlace, leaves: readonly LayerLeaf[]): Promise<PathDiff[]> {
  const { diffSides } = await loadStoredCheckpoints();
  const diffs: PathDiff[] = [];
  for (const { path, change, own, theirs } of leaves) {
    const side = (root: string, stat: BigIntStats | null) => sideOf(join(root, path), join(home, path), stat);
    const now = change === "deleted" ? null : side(join(store, "upper"), own);
    const diff = await diffSides(side(home, theirs), now, home);
    if (diff) diffs.push(diff);
  }
  return diffs;
}

/** @param path where it lies; `name`: where it would lie in the home directory */
function sideOf(path: string, name: string, stat: BigIntStats | null): DiffSide | null {
  if (stat === null) return null;
  const read = stat.isFile() ? readRegular(path, MOST_READ, "refuse") : null;
  return {
    path: name,
    mode: Number(stat.mode),
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    bytes: read?.ok ? read.bytes : null,
    size: Number(stat.size),
    target: stat.isSymbolicLink() ? readlinkSync(path) : null,
  };
}
