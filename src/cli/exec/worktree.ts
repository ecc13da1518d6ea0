import { mkdirSync } from "node:fs";
import { basename, join, relative } from "node:path";
import type { Host } from "../contract.ts";
import { gitOutput } from "../patch/git-run.ts";
import { findRepository } from "../patch/repository.ts";

/** A git worktree for one run. */
export interface Worktree {
  /** Absolute. */
  path: string;
  /** The directory in it that corresponds to the one that moat was started for. */
  cwd: string;
  /** Removes it when nothing was changed in it. Resolves to the reason why it was kept, or null. */
  leave(): Promise<string | null>;
}

export type AddedWorktree = { ok: true; worktree: Worktree } | { ok: false; message: string };

/** Bytes of randomness in its name: enough that two runs never meet. */
const NAME_BYTES = 4;

/** Adds a worktree under MOAT_HOME/worktrees, at the commit that is checked out in `cwd`. No hook runs. */
export async function addWorktree(cwd: string, host: Host): Promise<AddedWorktree> {
  const repository = findRepository(cwd);
  if (repository === null) return { ok: false, message: `--worktree: ${cwd} is not inside a git repository` };
  const head = await gitOutput(["rev-parse", "--verify", "--quiet", "HEAD"], cwd, host);
  if (!head.ok) return { ok: false, message: `--worktree: ${repository} has no commit yet` };
  const directory = join(host.moat_home, "worktrees");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const suffix = crypto.getRandomValues(new Uint8Array(NAME_BYTES)).toHex();
  const path = join(directory, `${basename(repository)}-${suffix}`);
  const added = await gitOutput(["worktree", "add", "--quiet", "--detach", path, head.text], repository, host);
  if (!added.ok) return { ok: false, message: `--worktree: ${added.message}` };
  const inside = join(path, relative(repository, cwd));
  return { ok: true, worktree: { path, cwd: inside, leave: () => leave(path, head.text, repository, host) } };
}

async function leave(path: string, start: string, repository: string, host: Host): Promise<string | null> {
  // Cleaning up also happens after an interrupt, whose signal would stop git at once.
  const calm = { ...host, signal: new AbortController().signal };
  // Looking into a submodule would take the settings of a repository that a command may have made there.
  const status = await gitOutput(["status", "--porcelain", "--ignored", "--ignore-submodules=all"], path, calm);
  if (!status.ok) return status.message;
  if (status.text !== "") return "it has changes";
  const head = await gitOutput(["rev-parse", "HEAD"], path, calm);
  if (!head.ok || head.text !== start) return "it has commits";
  const removed = await gitOutput(["worktree", "remove", path], repository, calm);
  return removed.ok ? null : removed.message;
}
