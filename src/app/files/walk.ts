import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Entries that are looked at outside a repository: more than a menu is good for. */
const MOST = 50_000;

/** Directories that hold what nobody wrote. */
const LEFT_OUT: ReadonlySet<string> = new Set(["node_modules", "target", "dist", "__pycache__"]);

/** Files beneath a directory that is in no repository, the nearest first; hidden ones and links to directories are left out. */
export async function walk(root: string, signal: AbortSignal): Promise<string[]> {
  const files: string[] = [];
  const open = [""];
  let seen = 0;
  for (const directory of open) {
    if (signal.aborted || seen >= MOST) break;
    for (const entry of await entriesOf(join(root, directory))) {
      if (++seen > MOST) break;
      if (entry.name.startsWith(".")) continue;
      const path = directory === "" ? entry.name : `${directory}/${entry.name}`;
      if (!entry.isDirectory()) files.push(path);
      else if (!LEFT_OUT.has(entry.name)) open.push(path);
    }
  }
  return files;
}

async function entriesOf(directory: string) {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    // It is not ours to read, or gone: then it offers nothing.
    return [];
  }
}
