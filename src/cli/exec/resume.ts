import type { CommandRun, Invocation } from "../contract.ts";
import { runFork, runResume } from "./exec.ts";
import { refuse } from "./start.ts";
import { forkedThread, resumedThread, type ThreadToOpen } from "./threads.ts";

/** `moat resume`: with a person, a conversation that goes on; for a program, the same as `moat exec resume`. */
export const resume: CommandRun = (invocation) =>
  forPerson(invocation) ? goOn(invocation, resumedThread) : runResume(invocation);

/** `moat fork`: the same with a copy of the thread. */
export const fork: CommandRun = (invocation) =>
  forPerson(invocation) ? goOn(invocation, forkedThread) : runFork(invocation);

/** A person reads and types, and nothing asks for the form that programs read. */
function forPerson({ flags, host }: Invocation): boolean {
  const headless = [
    "json",
    "json-deltas",
    "quiet",
    "output-schema",
    "output-last-message",
    "require-evidence",
    "ephemeral",
  ];
  return host.stdin_is_tty && host.stdout_is_tty && headless.every((name) => flags[name] === undefined);
}

async function goOn(invocation: Invocation, find: (invocation: Invocation) => Promise<ThreadToOpen>): Promise<number> {
  const { host } = invocation;
  const found = await find(invocation);
  if (!found.ok) return refuse(host, found);
  const [prompt, second] = found.words;
  if (second !== undefined) {
    const message = `one prompt is enough; put it in quotes (second argument: ${second})`;
    return refuse(host, { message, exit: 2 });
  }
  const path = await found.path();
  const [{ converse }, { talkFor }] = await Promise.all([import("../talk/conversation.ts"), import("../talk/app.ts")]);
  // Without a word that names it, a dialog asked which.
  const picked = invocation.flags.last === undefined && invocation.args.length + invocation.rest.length === 0;
  return converse(invocation, { prompt: prompt ?? null, path, picked }, talkFor(invocation));
}
