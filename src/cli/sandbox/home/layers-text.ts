import { join } from "node:path";
import { type LayerUsage, layerUsage } from "../../../sandbox/index.ts";
import { sizeText } from "../../threads/size-text.ts";

/** What commands left in the layers over the home directory, of every workspace. */
export const homeLayers = (home: string): LayerUsage => layerUsage(join(home, ".cache", "moat"));

/** The same as a clause; null: nothing. */
export function layersText({ layers, bytes, more }: LayerUsage): string | null {
  if (layers === 0) return null;
  const size = `${more ? "more than " : ""}${sizeText(bytes)}`;
  return `what commands left over the home takes ${size}, in ${layers === 1 ? "one workspace" : `${layers} workspaces`}; in one of them, \`moat sandbox home list\` shows it and \`reset\` throws it away`;
}
