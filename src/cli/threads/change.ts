import { USAGE } from "../../base/index.ts";
import { loadStore, type ThreadSummary } from "../../session/index.ts";
import { loadDialogs, readable, visible } from "../../term/index.ts";
import type { CommandRun, Host } from "../contract.ts";
import { fail } from "../exits.ts";
import { flagValue, printJson, requireThread, sizeText, titleOf } from "./text.ts";

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

const SIZES: Record<string, number> = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** `500M` in bytes; null when it is no size. */
function readSize(text: string): number | null {
  const found = text.match(/^(\d+(?:\.\d+)?)([KMG]?)(?:i?B)?$/i);
  return found ? Math.floor(Number(found[1]) * (SIZES[found[2]?.toUpperCase() ?? ""] ?? 1)) : null;
}

/** `threads gc`: brings the store below its quota. */
export const gc: CommandRun = async ({ flags, host }) => {
  const { DEFAULT_QUOTA, planGc, runGc } = await loadStore();
  const asked = flagValue(flags["max-size"]);
  const quota = asked === null ? DEFAULT_QUOTA : readSize(asked);
  if (quota === null) return fail(host, `--max-size ${asked}: give a size, as in 500M or 2G`, USAGE);
  const plan = await planGc(host.moat_home, { quota, now: new Date() });
  const dry_run = flags["dry-run"] === true;
  if (!dry_run) runGc(plan);
  const { bytes, frees } = plan;
  if (flags.json) {
    const threads = plan.threads.map((one) => ({ thread_id: one.thread.thread_id, bytes: one.frees }));
    return printJson(host, { dry_run, bytes, quota, frees, unused_blobs: plan.blobs.length, threads });
  }
  host.stdout(`threads take ${sizeText(bytes)} of ${sizeText(quota)}\n`);
  const verb = dry_run ? "would remove" : "removed";
  if (plan.blobs.length > 0) host.stdout(`${verb} ${plan.blobs.length} files that no thread needs\n`);
  for (const { thread, frees: freed } of plan.threads) {
    host.stdout(`${verb} ${thread.thread_id}  ${titleOf(thread)}  ${sizeText(freed)}\n`);
  }
  host.stdout(frees === 0 ? "nothing to remove\n" : `${dry_run ? "would free" : "freed"} ${sizeText(frees)}\n`);
  return 0;
};
