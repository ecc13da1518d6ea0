import type { CommandRun, Invocation } from "../contract.ts";
import { refuseRun, startExec, wantsJson } from "./start.ts";
import { forkedThread, resumedThread } from "./threads.ts";

/** `moat exec`: one task without a terminal. Its first word may be a subcommand; after `--` it is a prompt in any case. */
export const run: CommandRun = async (invocation) => {
  const [word, ...others] = invocation.args;
  if (word === "resume") return runResume({ ...invocation, args: others });
  if (word === "fork") return runFork({ ...invocation, args: others });
  if (word === "review") return (await import("./review.ts")).run({ ...invocation, args: others });
  return startExec(invocation, { prompt: { words: [...invocation.args, ...invocation.rest] } });
};

/** `moat exec resume [ID|--last] [PROMPT|-]`: goes on with a stored thread. */
export async function runResume(invocation: Invocation): Promise<number> {
  const found = await resumedThread(invocation);
  if (!found.ok) return refuseRun(invocation.host, wantsJson(invocation.flags), found);
  return startExec(invocation, { prompt: { words: found.words }, thread: found.open });
}

/** `moat exec fork ID [PROMPT|-]`: goes on with a copy, under an id of its own. */
export async function runFork(invocation: Invocation): Promise<number> {
  const found = await forkedThread(invocation);
  if (!found.ok) return refuseRun(invocation.host, wantsJson(invocation.flags), found);
  return startExec(invocation, { prompt: { words: found.words }, thread: found.open });
}
