// What git would wait for without end: a pipe or a device where it looks for a file. Found by looking; nothing is opened.
import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readRepository } from "./layout.ts";
import { oddNodes } from "./odd-nodes.ts";
import { type GitUser, namedFiles } from "./settings.ts";

/** Directories of a work tree that are looked through, some 100 ms; beyond that git's own time limit has to do. */
const MAX_DIRECTORIES = 5000;

/** Files of rules that git reads in every directory. A link in their place it does not follow. */
const IN_EVERY_DIRECTORY = new Set([".gitignore", ".gitattributes", ".gitmodules"]);

/** git asks for nothing else by that name, and it never blocks. */
const HARMLESS = "/dev/null";

/**
 * A pipe or a device that git, run in `directory`, would open in the place of a file, and what it is; null: none was found. The places
 * are git's own directory, the files of rules of the work tree, and what settings name, the user's included.
 */
export function waitsFor(directory: string, user: GitUser): { path: string; what: string } | null {
  const layout = readRepository(directory);
  const inside = layout ? [...oddNodes(layout.git_dir).keys(), ...oddNodes(layout.common_dir).keys()] : [];
  for (const path of [...inside, ...namedFiles(layout, user)]) {
    const what = blocking(path);
    if (what !== null) return { path, what };
  }
  return layout === null ? null : pipeAmongRules(layout.work_tree);
}

/** What stands there, links followed, when opening or reading it may never end. */
function blocking(path: string): string | null {
  try {
    const stat = path === HARMLESS ? undefined : statSync(path, { throwIfNoEntry: false });
    if (stat?.isFIFO()) return "a pipe";
    return stat?.isCharacterDevice() && path !== HARMLESS ? "a device" : null;
  } catch {
    // It cannot be looked at, and so not be opened either.
    return null;
  }
}

function pipeAmongRules(work_tree: string): { path: string; what: string } | null {
  const directories = [work_tree];
  for (let at = 0; at < Math.min(directories.length, MAX_DIRECTORIES); at++) {
    const directory = directories[at] ?? work_tree;
    for (const entry of entries(directory)) {
      const path = join(directory, entry.name);
      if (entry.isDirectory() && entry.name !== ".git") directories.push(path);
      if (!IN_EVERY_DIRECTORY.has(entry.name)) continue;
      if (entry.isFIFO()) return { path, what: "a pipe" };
      if (entry.isCharacterDevice()) return { path, what: "a device" };
    }
  }
  return null;
}

function entries(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}
