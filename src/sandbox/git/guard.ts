import { basename, dirname, join } from "node:path";
import { pathExists } from "../paths.ts";
import { subdirectories } from "./layout.ts";
import type { GitLayout } from "./repository.ts";

/**
 * Places in a git directory that decide what git executes or where it takes its config from. Writing `hooks` or `config`
 * is the plain way; writing `commondir` makes git read another directory's config, `config.worktree` and `modules/*` are
 * configs too, and `info/attributes` selects filter and merge drivers.
 */
const GUARDED = ["hooks", "config", "config.worktree", "commondir", "modules", "info/attributes"];

/** The same for the directory of a linked worktree, whose hooks and config are in the common directory. */
const GUARDED_IN_WORKTREE = ["config.worktree", "commondir", "gitdir", "modules"];

/** What stays read-only in a directory that is itself a git directory (a bare repository, or a granted `.git`). */
export function guardedIn(git_dir: string): string[] {
  return GUARDED.map((name) => join(git_dir, name));
}

/** What stays read-only while a git command may write the repository. */
export function guardedPlaces(layout: GitLayout): string[] {
  const own = layout.kind === "worktree" ? GUARDED_IN_WORKTREE.map((name) => join(layout.git_dir, name)) : [];
  return [...guardedIn(layout.common_dir), ...own, ...siblings(layout)];
}

/**
 * The files of linked worktrees that lead git to their repository and its config. They lie in the common directory, whose
 * contents a guard leaves to the user's own git unless they are named.
 */
export function worktreeLinks(common_dir: string): string[] {
  const all = join(common_dir, "worktrees");
  return subdirectories(all)
    .flatMap((name) => GUARDED_IN_WORKTREE.map((file) => join(all, name, file)))
    .filter(pathExists);
}

/** Directories of the other linked worktrees: their `commondir` would be taken for the config of that worktree. */
function siblings(layout: GitLayout): string[] {
  const all = join(layout.common_dir, "worktrees");
  const own = dirname(layout.git_dir) === all ? basename(layout.git_dir) : null;
  return subdirectories(all)
    .filter((name) => name !== own)
    .map((name) => join(all, name));
}
