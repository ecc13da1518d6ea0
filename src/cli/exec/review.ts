import { FAILED, USAGE } from "../../base/index.ts";
import type { Setting } from "../../config/index.ts";
import type { CommandRun, Flags, Host } from "../contract.ts";
import { workingDirectory } from "../open-flags.ts";
import { type OwnGit, openGit } from "../patch/git-run.ts";
import { reviewOf, UNCOMMITTED } from "./review-prompt.ts";
import { refuseRun, startExec, wantsJson } from "./start.ts";

/** What is reviewed: one sentence for the model that says how to see it. */
type Target = { ok: true; text: string } | { ok: false; message: string; exit: number };

/** A review looks; what the user says about the sandbox wins. */
const READ_ONLY: Setting[] = [{ keys: ["sandbox_mode"], value: "read-only", from: "moat review" }];

/** `moat review` and `moat exec review`: reads a change, changes nothing, and reports what is wrong with it. */
export const run: CommandRun = async (invocation) => {
  const { args, rest, flags, host } = invocation;
  const target = await reviewTarget([...args, ...rest], flags, host);
  if (!target.ok) return refuseRun(host, wantsJson(flags), target);
  const title = typeof flags.title === "string" ? `\n\nThe change is called: ${flags.title}` : "";
  const text = reviewOf(`${target.text}${title}`);
  return startExec(invocation, { prompt: { text }, preset: READ_ONLY, review: true });
};

async function reviewTarget(words: string[], flags: Flags, host: Host): Promise<Target> {
  const given = [flags.uncommitted, flags.base, flags.commit, words[0]].filter((value) => value !== undefined);
  if (given.length !== 1 || words.length > 1) {
    const message = "say what to review, in one way: --uncommitted, --base BRANCH, --commit SHA, or your own words";
    return { ok: false, message, exit: USAGE };
  }
  if (flags.uncommitted) return { ok: true, text: UNCOMMITTED };
  if (words[0] !== undefined) return { ok: true, text: words[0] };
  const directory = workingDirectory(host, flags);
  if (!directory.ok) return directory;
  const { cwd } = directory;
  const opened = await openGit(host, flags, cwd);
  if (!opened.ok) return opened;
  if (typeof flags.base === "string") return sinceBase(flags.base, cwd, opened.git);
  return oneCommit(String(flags.commit), cwd, opened.git);
}

/** The name of a commit; whatever else git was made to print is no part of what the model is told. */
const COMMIT = /^[0-9a-f]{40,64}$/;

/** The merge base is named, not the branch: what others added to the branch meanwhile is no part of the change. */
async function sinceBase(base: string, cwd: string, git: OwnGit): Promise<Target> {
  const found = await git.output(["merge-base", "--", base, "HEAD"], cwd);
  if (!found.ok) return { ...found, message: `--base ${base}: ${found.message}` };
  if (!COMMIT.test(found.text)) return { ok: false, message: `--base ${base}: git names no commit`, exit: FAILED };
  return { ok: true, text: `What was added since the branch left ${base}: \`git diff ${found.text}\`.` };
}

async function oneCommit(commit: string, cwd: string, git: OwnGit): Promise<Target> {
  const wanted = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${commit}^{commit}`];
  const found = await git.output(wanted, cwd);
  if (!found.ok && found.exit !== FAILED) return found;
  if (!found.ok || !COMMIT.test(found.text))
    return { ok: false, message: `--commit ${commit}: there is no such commit`, exit: FAILED };
  return { ok: true, text: `The commit ${commit}: \`git show ${found.text}\`.` };
}
