// What git never makes in its own directory, and would follow or obey.
import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import { lstatOf } from "../paths.ts";

/** Guarded as a whole, or the business of another work tree. */
const LEFT_OUT = new Set(["hooks", "modules", "worktrees"]);
/** Many files, none of which git writes through: only the directories themselves are looked at. */
const SHALLOW = new Set(["objects", "lfs"]);
/** Remotes in the form of 2005, and objects or parents from elsewhere: git reads these and no longer writes them. */
const OBSOLETE = ["remotes", "branches"];
const REFERENCES = ["objects/info/alternates", "objects/info/http-alternates", "info/grafts"];

/**
 * Links and pipes in a git directory, which a later git would write through or wait for, and files of kinds that git itself does
 * not write any more, each with what says whether it is still the same.
 */
export function oddNodes(git_dir: string): Map<string, string> {
  const found = new Map<string, string>();
  const add = (path: string) => {
    const stat = lstatOf(path);
    if (stat) found.set(path, `${stat.dev}:${stat.ino}:${stat.ctimeMs}`);
  };
  const walk = (directory: string, deeper: boolean) => {
    for (const entry of entries(directory)) {
      const path = join(directory, entry.name);
      if (entry.isSymbolicLink() || entry.isFIFO()) add(path);
      else if (deeper && entry.isDirectory()) walk(path, true);
    }
  };
  for (const entry of entries(git_dir)) {
    const path = join(git_dir, entry.name);
    if (LEFT_OUT.has(entry.name)) continue;
    if (entry.isSymbolicLink() || entry.isFIFO()) add(path);
    else if (entry.isDirectory()) walk(path, !SHALLOW.has(entry.name));
  }
  for (const name of OBSOLETE) for (const entry of entries(join(git_dir, name))) add(join(git_dir, name, entry.name));
  for (const name of REFERENCES) add(join(git_dir, name));
  return found;
}

function entries(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}
