import { readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { closestLine } from "./similar.ts";

/** A file beside a path that does not exist whose name is much like it, in the patch's spelling; null when there is none. */
export function suggestPath(cwd: string, shown: string): string | null {
  const directory = dirname(resolve(cwd, shown));
  const names = filesIn(directory);
  const wanted = basename(shown);
  const same = names.find((name) => name.toLowerCase() === wanted.toLowerCase());
  const close = same ?? names[closestLine(names, wanted, 0) ?? -1];
  return close === undefined ? null : join(dirname(shown), close);
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}
