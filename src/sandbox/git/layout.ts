// Where a repository keeps its parts, read by hand: no git is run, because a repository decides what git runs.
// The file formats are those of gitrepository-layout(5) and git-config(1).
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { exists, kindOf, realPath } from "../paths.ts";

/** A repository as it is found from one of its directories. All paths are absolute, with symlinks resolved. */
export interface GitLayout {
  /** `clone`: `.git` is a directory. The other two have a `.git` file that points elsewhere. */
  kind: "clone" | "worktree" | "submodule";
  work_tree: string;
  /** The `.git` directory or file inside the work tree. */
  dot_git: string;
  /** What belongs to this work tree alone: index, HEAD. */
  git_dir: string;
  /** What all work trees share: objects, refs, config, hooks. The same as `git_dir` in a clone. */
  common_dir: string;
  /**
   * The git directory names this work tree as its own. A `.git` file can point anywhere (an archive can bring one), so
   * nothing is made writable on its word alone.
   */
  confirmed: boolean;
}

/** Above this no `.git` file, `commondir` or config is worth reading: real ones have some hundred bytes. */
const MAX_BYTES = 256 * 1024;
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

/** The repository whose work tree is exactly this directory; null when it has no `.git` that leads to a git directory. */
export function readLayout(work_tree: string): GitLayout | null {
  const dot_git = join(work_tree, ".git");
  const kind = kindOf(dot_git);
  if (kind === null) return null;
  const target = kind === "file" ? linkTarget(dot_git) : dot_git;
  const git_dir = target && realPath(target);
  if (!git_dir || !exists(join(git_dir, "HEAD"))) return null;
  const common = readLine(join(git_dir, "commondir"));
  const common_dir = common === null ? git_dir : realPath(resolve(git_dir, common));
  if (!common_dir) return null;
  const shared = { work_tree, dot_git, git_dir, common_dir };
  if (kind === "directory") return { kind: "clone", ...shared, confirmed: common_dir === git_dir };
  if (common !== null) {
    const back = readLine(join(git_dir, "gitdir"));
    const confirmed = back !== null && realPath(resolve(git_dir, back)) === realPath(dot_git);
    return { kind: "worktree", ...shared, confirmed: confirmed && dirname(git_dir) === join(common_dir, "worktrees") };
  }
  return { kind: "submodule", ...shared, confirmed: moduleWorkTree(git_dir) === work_tree };
}

/** True when the directory itself is a git directory (a bare repository, or a `.git`): git would take its config. */
export function isGitDirectory(path: string): boolean {
  return exists(join(path, "HEAD")) && exists(join(path, "objects")) && exists(join(path, "refs"));
}

/** The `.git` files of the submodules that are checked out, as their own git directories name them. */
export function submoduleLinks(common_dir: string): string[] {
  return modules(join(common_dir, "modules"), MAX_MODULE_DEPTH).flatMap((git_dir) => {
    const work_tree = moduleWorkTree(git_dir);
    return work_tree === null ? [] : [join(work_tree, ".git")];
  });
}

/** Directories that git runs hooks from because the repository's config says so, resolved from the work tree. */
export function configuredHooks(layout: GitLayout): string[] {
  const path = configValue(readText(join(layout.common_dir, "config")), "core", "hookspath");
  return path === null || path.startsWith("~") ? [] : [resolve(layout.work_tree, path)];
}

function modules(directory: string, depth: number): string[] {
  if (depth === 0) return [];
  return subdirectories(directory).flatMap((name) => {
    const path = join(directory, name);
    return exists(join(path, "HEAD")) ? [path, ...modules(join(path, "modules"), depth - 1)] : modules(path, depth - 1);
  });
}

/** Names of the directories in a directory; none when it cannot be read. */
export function subdirectories(directory: string): string[] {
  if (!exists(directory)) return [];
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

function moduleWorkTree(git_dir: string): string | null {
  const work_tree = configValue(readText(join(git_dir, "config")), "core", "worktree");
  return work_tree === null ? null : realPath(resolve(git_dir, work_tree));
}

/** Where a `.git` file points; null when it is not one. */
function linkTarget(file: string): string | null {
  const target = readLine(file)?.match(/^gitdir: (.+)$/)?.[1];
  return target === undefined ? null : resolve(dirname(file), target);
}

function readLine(file: string): string | null {
  const text = readText(file);
  return text === "" ? null : text.replace(/[\r\n]+$/, "");
}

/** A regular file's text; empty when there is none, or when it is no file that git would have written. */
function readText(file: string): string {
  try {
    const stat = statSync(file);
    return stat.isFile() && stat.size <= MAX_BYTES ? readFileSync(file, "utf8") : "";
  } catch {
    return "";
  }
}

/** The last value of `section.key` in a git config text, key in lower case; null when it is not set. */
export function configValue(text: string, section: string, key: string): string | null {
  let current = "";
  let found: string | null = null;
  for (const line of text.split("\n")) {
    const header = line.match(/^\s*\[\s*([^\]\s"]+)\s*(?:"(.*)")?\s*\]/);
    const rest = header ? line.slice(header[0].length) : line;
    if (header) current = header[2] === undefined ? (header[1] ?? "").toLowerCase() : "";
    const pair = rest.match(/^\s*([A-Za-z][A-Za-z0-9-]*)\s*=\s*(.*?)\s*$/);
    if (pair && current === section && pair[1]?.toLowerCase() === key) found = unquote(pair[2] ?? "");
  }
  return found;
}

/** A value without its quotes, escapes and comment. */
function unquote(value: string): string {
  let text = "";
  let quoted = false;
  for (let at = 0; at < value.length; at++) {
    const char = value[at] ?? "";
    if (char === "\\") text += value[++at] ?? "";
    else if (char === '"') quoted = !quoted;
    else if (!quoted && (char === "#" || char === ";")) break;
    else text += char;
  }
  return text.trim();
}
