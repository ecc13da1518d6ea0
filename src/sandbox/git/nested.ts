import { readdirSync } from "node:fs";
import { join } from "node:path";
import { lstatOf, realPath } from "../paths.ts";
import { indexFacts } from "./index-file.ts";
import { type GitLayout, readLayout } from "./layout.ts";
import { parseGitConfig } from "./settings.ts";
import { isReadable, readText } from "./small-file.ts";

/** Submodules in submodules: deeper nesting than this is not followed. */
const MAX_DEPTH = 4;

/** Where the index says that other repositories are: the paths of their work trees, as far as no link leads elsewhere. */
export function gitlinks({ git_dir, work_tree }: Pick<GitLayout, "git_dir" | "work_tree">): string[] {
  const named = indexFacts(git_dir)?.gitlinks ?? [];
  return named.map((name) => join(work_tree, name)).filter((path) => realPath(path) === path);
}

/** Submodules that are there: directories which the index names and which are not empty. */
export function submodulesOf(layout: GitLayout): string[] {
  return gitlinks(layout).filter((path) => entries(path).length > 0);
}

/** The repositories that lie in a work tree because its index names them, and those in them. */
export function nestedRepositories(layout: GitLayout, depth = MAX_DEPTH): GitLayout[] {
  if (depth === 0) return [];
  return gitlinks(layout).flatMap((path) => {
    const nested = readLayout(path);
    return nested === null ? [] : [nested, ...nestedRepositories(nested, depth - 1)];
  });
}

/** Settings that every new repository or clone has, and that name no program. */
const HARMLESS = new RegExp(
  `^(?:${[
    "core\\.(?:repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks|autocrlf|eol|safecrlf)",
    "extensions\\.(?:objectformat|refstorage)|user\\.(?:name|email)|init\\.defaultbranch|lfs\\.repositoryformatversion",
    "remote\\..*\\.(?:url|pushurl|fetch|tagopt)|branch\\..*\\.(?:remote|merge|rebase)|pull\\.(?:rebase|ff)|commit\\.gpgsign",
  ].join("|")})$`,
  "s",
);

/** Nothing of the name is in a new repository, and git takes programs or settings from there. */
const SUSPICIOUS = ["commondir", "config.worktree", "modules", "info/attributes"];

/**
 * Why a git outside should not meet the `.git` of a repository that a command made inside another one; null: there is none, or
 * it is as `git init` and `git clone` leave it.
 * @param known git directories that commands cannot write, which a `.git` file may lead to
 */
export function nestedProblem(dot_git: string, known: readonly string[]): string | null {
  const stat = lstatOf(dot_git);
  if (stat === null) return null;
  if (!stat.isDirectory()) {
    const layout = stat.isFile() ? readLayout(join(dot_git, "..")) : null;
    const led = layout?.confirmed === true && known.includes(layout.git_dir);
    return led ? null : "it leads to a repository that commands can change";
  }
  if (!isReadable(join(dot_git, "config"))) return "its config is no small file";
  const setting = parseGitConfig(readText(join(dot_git, "config"))).find(({ name }) => !HARMLESS.test(name));
  if (setting) return `its config sets ${setting.name}`;
  const part = SUSPICIOUS.find((name) => lstatOf(join(dot_git, name)) !== null);
  if (part) return `it has its own ${part}`;
  const facts = indexFacts(dot_git);
  if (facts && (facts.odd.length > 0 || facts.gitlinks.length > 0)) return "its index names further repositories";
  return oddEntry(dot_git);
}

function oddEntry(dot_git: string): string | null {
  if (entries(dot_git).some((entry) => entry.isSymbolicLink())) return "it holds symbolic links";
  const hook = entries(join(dot_git, "hooks")).find(({ name }) => !name.endsWith(".sample"));
  return hook ? `it brings the hook ${hook.name}` : null;
}

function entries(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}
