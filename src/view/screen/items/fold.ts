import { several } from "../../quantity.ts";
import type { Look } from "../contract.ts";
import { cut, exact, type Line } from "../text/line.ts";

/** How much of something is shown. */
export type Extent = "folded" | "whole";

/** What stands in the place of lines that are folded away; null: nobody has counted them. */
export function foldRow(hidden: number | null, look: Look): Line {
  const what = hidden === null ? "more of it" : several(hidden, "line");
  return cut([exact(`  … ${what} (Ctrl-O)`, look.theme.dim)], look.columns);
}
