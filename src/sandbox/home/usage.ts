import { join } from "node:path";
import { LAYERS } from "../protect.ts";
import { sortedNames, statOf } from "./stat.ts";

/** What the layers over the home directory take, of all workspaces. */
export interface LayerUsage {
  /** Layers in which something was left. */
  layers: number;
  bytes: number;
  /** There is more than was counted. */
  more: boolean;
}

/** Files and directories that are looked at: some 20 ms. A package manager's cache in a layer has more than anybody waits for. */
const MOST = 10_000;

/** Bytes of a block, as stat(2) counts them. */
const BLOCK = 512n;

/** Adds up what commands left over the home directory. `base`: where moat keeps caches, `~/.cache/moat`. */
export function layerUsage(base: string): LayerUsage {
  const counted = { bytes: 0n, entries: 0 };
  const stores = sortedNames(join(base, LAYERS)).map((name) => join(base, LAYERS, name, "upper"));
  const used = stores.filter((upper) => sortedNames(upper).length > 0);
  for (const upper of used) addTree(upper, counted);
  return { layers: used.length, bytes: Number(counted.bytes), more: counted.entries >= MOST };
}

function addTree(path: string, counted: { bytes: bigint; entries: number }): void {
  const stat = counted.entries < MOST ? statOf(path) : null;
  if (stat === null) return;
  counted.entries++;
  counted.bytes += stat.blocks * BLOCK;
  if (stat.isDirectory()) for (const name of sortedNames(path)) addTree(join(path, name), counted);
}
