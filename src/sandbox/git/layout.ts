// Where a repository keeps its parts, read by hand: no git is run, because a repository decides what git runs.
// The file formats are those of gitrepository-layout(5) and git-config(1).

import { readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isSymlink, kindOf, pathExists, realPath } from "../paths.ts";
import { noted } from "../witness.ts";
import type { GitLayout } from "./repository.ts";
import { lastValue, parseGitConfig } from "./settings.ts";
import { readGitFile, readLine } from "./small-file.ts";

/** Names of submodules may contain slashes; deeper nesting than this is not followed. */
const MAX_MODULE_DEPTH = 4;

/** The repository that git would find from `start`, an absolute resolved directory, walking up; null when there is none. */
export function findGit(start: string): GitLayout | null {
  for (let at = start; ; at = dirname(at)) {
    const layout = readLayout(at);
    if (layout) return layout;
    if (dirname(at) === at) return null;
  }
}

/** The repository that a directory belongs to; null where there is none, or no such directory. */
export function readRepository(directory: string): GitLayout | null {
  const real = realPath(directory);
  return real === null ? null : findGit(real);
}

/** The repository whose work tree is exactly this directory; null when it has no `.git` that leads to a git directory. */
export function readLayout(work_tree: string): GitLayout | null {
  const dot_git = join(work_tree, ".git");
  const kind = kindOf(dot_git);
  if (kind === null) return null;
  const target = kind === "file" ? linkTarget(dot_git) : dot_git;
  const git_dir = target && realPath(target);
  if (!git_dir || !pathExists(join(git_dir, "HEAD"))) return null;
  const common = readLine(join(git_dir, "commondir"));
  const common_dir = common === null ? git_dir : realPath(resolve(git_dir, common));
  if (!common_dir) return null;
  const shared = { work_tree, dot_git, git_dir, common_dir };
  if (kind === "directory") {
    return { kind: "clone", ...shared, confirmed: common_dir === git_dir && git_dir === dot_git };
  }
  if (common !== null) {
    const back = readLine(join(git_dir, "gitdir"));
    const named = back !== null && realPath(resolve(git_dir, back)) === dot_git;
    return { kind: "worktree", ...shared, confirmed: named && dirname(git_dir) === join(common_dir, "worktrees") };
  }
  const named = moduleWorkTree(git_dir) === work_tree;
  return { kind: "submodule", ...shared, confirmed: named && !isSymlink(dot_git) };
}

/** True when the directory itself is a git directory (a bare repository, or a `.git`): git would take its config. */
export function isGitDirectory(path: string): boolean {
  return pathExists(join(path, "HEAD")) && pathExists(join(path, "objects")) && pathExists(join(path, "refs"));
}

/** The `.git` files of the submodules that are checked out, as their own git directories name them. */
export function submoduleLinks(common_dir: string): string[] {
  return moduleLayouts(common_dir).map(({ dot_git }) => dot_git);
}

/** The git directories of submodules, checked out or not, also of those inside others. */
export function moduleDirectories(git_dir: string): string[] {
  return modules(join(git_dir, "modules"), MAX_MODULE_DEPTH);
}

/** The submodules of a git directory whose work trees are known, checked out or not. */
export function moduleLayouts(git_dir: string): GitLayout[] {
  return moduleDirectories(git_dir).flatMap((own) => {
    const work_tree = moduleWorkTree(own);
    if (work_tree === null) return [];
    const dot_git = join(work_tree, ".git");
    return [{ kind: "submodule", work_tree, dot_git, git_dir: own, common_dir: own, confirmed: true }];
  });
}

/** The `.git` files of linked worktrees, as their git directories name them. */
export function worktreeFiles(common_dir: string): string[] {
  const all = join(common_dir, "worktrees");
  return subdirectories(all)
    .map((name) => readLine(join(all, name, "gitdir")))
    .filter((file): file is string => file?.startsWith("/") === true);
}

function modules(directory: string, depth: number): string[] {
  if (depth === 0) return [];
  return subdirectories(directory).flatMap((name) => {
    const path = join(directory, name);
    return pathExists(join(path, "HEAD"))
      ? [path, ...modules(join(path, "modules"), depth - 1)]
      : modules(path, depth - 1);
  });
}

/** Names of the directories in a directory; none when it cannot be read. */
export function subdirectories(directory: string): string[] {
  if (!pathExists(directory)) return [];
  try {
    return readdirSync(noted(directory, true), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

function moduleWorkTree(git_dir: string): string | null {
  const work_tree = lastValue(parseGitConfig(readGitFile(join(git_dir, "config"))), "core.worktree");
  return work_tree === null ? null : realPath(resolve(git_dir, work_tree));
}

/** Where a `.git` file points; null when it is not one. */
function linkTarget(file: string): string | null {
  const target = readLine(file)?.match(/^gitdir: (.+)$/)?.[1];
  return target === undefined ? null : resolve(dirname(file), target);
}
