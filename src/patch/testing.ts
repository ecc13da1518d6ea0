import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { PatchScope } from "./contract.ts";

/** A temporary directory with a tree to be patched and a place for journals beside it. */
export interface Workspace {
  /** The tree; also the only root of `scope`. */
  root: string;
  journal: string;
  scope: PatchScope;
  write(path: string, content: string | Uint8Array, mode?: number): void;
  read(path: string): string;
  [Symbol.dispose](): void;
}

export function workspace(files: Record<string, string | Uint8Array> = {}): Workspace {
  const base = mkdtempSync(join(tmpdir(), "patch-test-"));
  const root = join(base, "tree");
  mkdirSync(root);
  const made: Workspace = {
    root,
    journal: join(base, "journal"),
    scope: { cwd: root, roots: [root], protected: [], git_closed: true, no_overwrite: false, strict: false },
    write(path, content, mode = 0o644) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content, { mode });
    },
    read: (path) => readFileSync(join(root, path), "utf8"),
    [Symbol.dispose]: () => rmSync(base, { recursive: true, force: true }),
  };
  for (const [path, content] of Object.entries(files)) made.write(path, content);
  return made;
}

/** What is below a directory, as comparable lines. Directories are told by what is in them: git keeps no empty ones. */
export function treeOf(root: string, prefix = ""): Record<string, string> {
  const tree: Record<string, string> = {};
  if (!existsSync(root)) return tree;
  for (const name of readdirSync(root).sort()) {
    const path = join(root, name);
    const stats = lstatSync(path);
    const shown = `${prefix}${name}`;
    if (stats.isSymbolicLink()) tree[shown] = `link to ${readlinkSync(path)}`;
    else if (stats.isDirectory()) Object.assign(tree, treeOf(path, `${shown}/`));
    else tree[shown] = `${(stats.mode & 0o111) === 0 ? "file" : "executable"} ${readFileSync(path).toString("latin1")}`;
  }
  return tree;
}

/** Names of all directories below one, to see that none is left behind. */
export function directoriesOf(root: string, prefix = ""): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => [`${prefix}${entry.name}`, ...directoriesOf(join(root, entry.name), `${prefix}${entry.name}/`)])
    .sort();
}
