import { existsSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { FAILED } from "../../base/index.ts";
import type { GitLayout } from "../../sandbox/index.ts";
import type { Flags, Host } from "../contract.ts";
import { type GitRefusal, type OwnGit, openGit } from "../patch/git-run.ts";

/** A git worktree for one run. */
export interface Worktree {
  /** Absolute. */
  path: string;
  /** The directory in it that corresponds to the one that moat was started for. */
  cwd: string;
  /** Removes it when nothing was changed in it. Resolves to the reason why it was kept, or null. */
  leave(): Promise<string | null>;
}

export type AddedWorktree = { ok: true; worktree: Worktree } | GitRefusal;

/** Bytes of randomness in its name: enough that two runs never meet. */
const NAME_BYTES = 4;

/** The name of a commit. */
const COMMIT = /^[0-9a-f]{40,64}$/;

/**
 * Adds a worktree under MOAT_HOME/worktrees, at the commit that is checked out in `cwd`. git runs confined, and writes nothing but
 * the worktree and what the repository keeps of it. No hook runs, and no filter that the repository names; filters of the
 * user's own settings run confined.
 */
export async function addWorktree(cwd: string, flags: Flags, host: Host): Promise<AddedWorktree> {
  const refuse = (message: string, exit = FAILED): GitRefusal => ({
    ok: false,
    message: `--worktree: ${message}`,
    exit,
  });
  const { readRepository } = await import("../../sandbox/index.ts");
  const repository = readRepository(cwd);
  if (repository === null) return refuse(`${cwd} is not inside a git repository`);
  if (!repository.confirmed) return refuse(`${repository.dot_git} leads to a repository that is another work tree's`);
  const opened = await openGit(host, flags, cwd);
  if (!opened.ok) return refuse(opened.message, opened.exit);
  const { git } = opened;
  const head = await git.output(["rev-parse", "--verify", "--quiet", "HEAD"], cwd);
  if (!head.ok && head.exit !== FAILED) return refuse(head.message, head.exit);
  if (!head.ok || !COMMIT.test(head.text)) return refuse(`${repository.work_tree} has no commit yet`);
  const made = await checkOut(git, repository, head.text, host);
  if (!made.ok) return refuse(made.message, made.exit);
  const { tree } = made;
  const inside = join(tree.work_tree, relative(repository.work_tree, cwd));
  const leave = () => leaveWorktree(git, tree, head.text);
  return { ok: true, worktree: { path: tree.work_tree, cwd: inside, leave } };
}

/** Registers the worktree first and fills it then, so that what runs while files are written can write little else. */
async function checkOut(
  git: OwnGit,
  { common_dir, work_tree }: GitLayout,
  commit: string,
  host: Host,
): Promise<{ ok: true; tree: GitLayout } | GitRefusal> {
  const { realPath, readRepository } = await import("../../sandbox/index.ts");
  const suffix = crypto.getRandomValues(new Uint8Array(NAME_BYTES)).toHex();
  const place = join(host.moat_home, "worktrees", `${basename(work_tree)}-${suffix}`);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const path = realPath(place) ?? place;
  const register = join(common_dir, "worktrees");
  const undo = (refusal: GitRefusal): GitRefusal => {
    rmSync(path, { recursive: true, force: true });
    return refusal;
  };
  if (!isPlainDirectory(register)) {
    return undo({ ok: false, message: `${register} is no directory of the repository`, exit: FAILED });
  }
  const args = ["worktree", "add", "--quiet", "--detach", "--no-checkout", path, commit];
  const added = await git.output(args, work_tree, { writable: [path, register], protected: [] });
  if (!added.ok) return undo(added);
  const tree = readRepository(path);
  if (tree?.kind !== "worktree" || !tree.confirmed || tree.common_dir !== common_dir) {
    return undo({ ok: false, message: `git made no worktree in ${path}`, exit: FAILED });
  }
  const filled = await git.output(RESET, path, writesOf(tree));
  if (filled.ok) return { ok: true, tree };
  rmSync(tree.git_dir, { recursive: true, force: true });
  return undo(filled);
}

/** Makes it where nothing is. A link would lead git elsewhere. */
function isPlainDirectory(path: string): boolean {
  try {
    mkdirSync(path, { recursive: true });
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}

const RESET = ["reset", "--hard", "--quiet", "--no-recurse-submodules"];

/** The worktree and what the repository keeps of it, but for the files that lead git to its settings. */
function writesOf({ work_tree, dot_git, git_dir }: GitLayout) {
  const links = ["commondir", "gitdir", "config.worktree", "modules"].map((name) => join(git_dir, name));
  return { writable: [work_tree, git_dir], protected: [dot_git, ...links] };
}

async function leaveWorktree(git: OwnGit, tree: GitLayout, start: string): Promise<string | null> {
  const { realPath, submodulesOf } = await import("../../sandbox/index.ts");
  const { work_tree: path, git_dir } = tree;
  // Cleaning up also happens after an interrupt, whose signal would stop git at once.
  const calm = new AbortController().signal;
  const ask = (args: string[]) => git.output(args, path, undefined, calm);
  // Looking into a submodule would take the settings of a repository that a command may have made there.
  const look = ["status", "--porcelain", "--ignored", "--ignore-submodules=all"];
  const status = await ask(look);
  if (!status.ok) return status.message;
  if (status.text !== "") return "it has changes";
  const head = await ask(["rev-parse", "HEAD"]);
  if (!head.ok || head.text !== start) return "it has commits";
  if (existsSync(join(git_dir, "locked"))) return "it is locked";
  if (submodulesOf(tree).length > 0) return "it has submodules";
  rmSync(path, { recursive: true, force: true });
  if (realPath(git_dir) === git_dir) rmSync(git_dir, { recursive: true, force: true });
  return null;
}
