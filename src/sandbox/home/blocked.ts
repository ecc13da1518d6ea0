import { join } from "node:path";
import { isBeneath, quoteWord } from "../../base/index.ts";
import type { SandboxPolicy } from "../contract.ts";
import { isWhiteout, statOf } from "./stat.ts";

/**
 * Why a command of a workspace may not start although nothing is wrong with its policy: a command before it left something else than a directory in
 * the layer where a real directory has to be seen. Empty where that is not so.
 */
export function blockedText({ layer, writable }: SandboxPolicy): string {
  if (!layer) return "";
  for (const root of writable.filter((path) => isBeneath(path, layer.home))) {
    const place = blockedAt(join(layer.store, "upper"), root.slice(layer.home.length + 1));
    if (place !== null)
      return `; an earlier command left ~/${place} in the private layer of this workspace, which is no directory: \`moat sandbox home reset ${quoteWord(join(layer.home, place))}\``;
  }
  return "";
}

function blockedAt(upper: string, path: string): string | null {
  const parts = path.split("/");
  for (let count = 1; count <= parts.length; count++) {
    const place = parts.slice(0, count).join("/");
    const stat = statOf(join(upper, place));
    if (stat === null || isWhiteout(stat)) return null;
    if (!stat.isDirectory()) return place;
  }
  return null;
}
