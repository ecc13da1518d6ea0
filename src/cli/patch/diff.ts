import { FAILED } from "../../base/index.ts";
import { safe, styleFor } from "../../term/index.ts";
import type { CommandRun, Flags, Host } from "../contract.ts";
import { fail } from "../exits.ts";
import { inDirectory } from "../host.ts";
import { workingDirectory } from "../open-flags.ts";
import { type GitResult, openGit } from "./git-run.ts";
import { findRepository } from "./repository.ts";
import { shownDiff } from "./shown-diff.ts";

/**
 * What differs from the last commit, files that git does not know yet included. The object is git's name of the empty tree:
 * what a repository without a commit is compared with. Into submodules nobody looks: git would run there under settings of their own.
 */
const SCRIPT = `
base=$(git rev-parse -q --verify HEAD || echo 4b825dc642cb6eb9a060e54bf8d69288fbee4904)
git --no-pager diff --no-color --no-ext-diff --no-textconv --ignore-submodules=dirty "$base" -- || exit
git ls-files -z --others --exclude-standard |
  xargs -0 -r -n 1 git --no-pager diff --no-color --no-ext-diff --no-textconv --no-index -- /dev/null
exit 0
`;

/** The changes as a unified diff, or why there are none to show. */
export async function treeDiff(host: Host, flags: Flags, cwd: string): Promise<GitResult> {
  const repository = findRepository(cwd);
  if (repository === null)
    return {
      ok: false,
      message: `${cwd} is not inside a git repository; \`moat diff --turn last\` shows what the last turn changed`,
      exit: FAILED,
    };
  const opened = await openGit(host, flags, cwd);
  return opened.ok ? opened.git.script(SCRIPT, repository) : opened;
}

/** `moat diff`: what changed since the last commit. To a pipe it is a patch that `git apply` takes. */
export const run: CommandRun = async ({ host, flags }) => {
  // A turn is found by the name of its directory, also where that is gone.
  if (typeof flags.turn === "string")
    return (await import("../undo/diff-turn.ts")).showTurnDiff(inDirectory(host, flags), flags, flags.turn);
  const directory = workingDirectory(host, flags);
  const diff = directory.ok ? await treeDiff(host, flags, directory.cwd) : directory;
  if (!diff.ok) return fail(host, diff.message, diff.exit);
  if (host.stdout_is_tty && diff.text !== "")
    host.stdout(safe`${shownDiff(diff.text, styleFor("auto", true, host.env))}\n`);
  else host.data(diff.text);
  return 0;
};
