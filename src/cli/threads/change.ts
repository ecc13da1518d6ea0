import { USAGE } from "../../base/index.ts";
import { loadStoredCheckpoints } from "../../checkpoint/index.ts";
import { loadStore, type ThreadSummary } from "../../session/index.ts";
import { loadDialogs, readable, visible } from "../../term/index.ts";
import type { CommandRun, Host } from "../contract.ts";
import { fail } from "../exits.ts";
import { printJson, requireThread, titleOf } from "./text.ts";

/** All threads that the words mean, or null when one means none; then nothing was changed. */
async function requireThreads(host: Host, words: string[]): Promise<ThreadSummary[] | null> {
  const threads: ThreadSummary[] = [];
  for (const word of words) {
    const thread = await requireThread(host, word);
    if (!thread) return null;
    threads.push(thread);
  }
  return threads;
}

/** `threads rename THREAD NAME`; an empty name takes it away. */
export const rename: CommandRun = async ({ args, flags, host }) => {
  const [word = "", given = ""] = args;
  const thread = await requireThread(host, word);
  if (!thread) return 1;
  const name = given.replace(/\s+/g, " ").trim() || null;
  if (name !== null && readable(name) !== name)
    return fail(host, `${visible(name)}: a name has only characters that can be seen`, USAGE);
  const { listThreads, renameThread } = await loadStore();
  const taken = (await listThreads(host.moat_home, { archived: "any" })).find(
    (other) => name !== null && other.name === name && other.path !== thread.path,
  );
  if (taken) return fail(host, `thread ${taken.thread_id} is called ${name} already`);
  renameThread(thread.path, name, () => new Date());
  if (flags.json) return printJson(host, { thread_id: thread.thread_id, name });
  host.stdout(`${thread.thread_id} ${name === null ? "has no name now" : `is called ${name}`}\n`);
  return 0;
};

const moveTo =
  (archived: boolean): CommandRun =>
  async ({ args, flags, host }) => {
    const threads = await requireThreads(host, args);
    if (!threads) return 1;
    const { archiveThread } = await loadStore();
    const moved = threads.map((thread) => ({
      thread_id: thread.thread_id,
      path: thread.archived === archived ? thread.path : archiveThread(thread.path, archived),
      archived,
    }));
    if (flags.json) return printJson(host, moved);
    for (const { thread_id } of moved) host.stdout(`${thread_id} ${archived ? "archived" : "back from the archive"}\n`);
    return 0;
  };

/** `threads archive THREAD…`: out of the lists, and the first to go when space is needed. */
export const archive = moveTo(true);
/** `threads unarchive THREAD…` */
export const unarchive = moveTo(false);

/** `threads delete THREAD…`: asks on a terminal; elsewhere it wants --yes. */
export const removeThread: CommandRun = async ({ args, flags, host }) => {
  const threads = await requireThreads(host, args);
  if (!threads) return 1;
  const names = threads.map((thread) => `  ${thread.thread_id}  ${titleOf(thread)}\n`).join("");
  if (!flags.yes && !(await confirmed(host, names, threads.length))) return 1;
  const { deleteThread } = await loadStore();
  for (const { path } of threads) deleteThread(host.moat_home, path);
  const { forgetThreads } = await loadStoredCheckpoints();
  forgetThreads(
    host.moat_home,
    threads.map(({ thread_id }) => thread_id),
  );
  if (flags.json) return printJson(host, { deleted: threads.map(({ thread_id }) => thread_id) });
  for (const { thread_id } of threads) host.stdout(`${thread_id} deleted\n`);
  return 0;
};

async function confirmed(host: Host, names: string, count: number): Promise<boolean> {
  if (!host.stdin_is_tty || !host.stderr_is_tty) {
    fail(host, "delete cannot be undone; say --yes");
    return false;
  }
  const { inDialog, yesOrNo } = await loadDialogs();
  host.stderr(names);
  const message = `Delete ${count === 1 ? "this thread" : `these ${count} threads`} for good?`;
  return (await inDialog((dialog) => yesOrNo(dialog, message, host.signal), { output: process.stderr })) === true;
}
