import { USAGE } from "../../base/index.ts";
import { loadCheckpointUsage, loadStoredCheckpoints, type PrunedTurn } from "../../checkpoint/index.ts";
import { type GcPlan, loadStore } from "../../session/index.ts";
import type { CommandRun, Host } from "../contract.ts";
import { fail } from "../exits.ts";
import { sizeText } from "./size-text.ts";
import { flagValue, printJson, titleOf } from "./text.ts";

const SIZES: Record<string, number> = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** `500M` in bytes; null when it is no size. */
function readSize(text: string): number | null {
  const found = text.match(/^(\d+(?:\.\d+)?)([KMG]?)(?:i?B)?$/i);
  return found ? Math.floor(Number(found[1]) * (SIZES[found[2]?.toUpperCase() ?? ""] ?? 1)) : null;
}

/** What goes, of threads and of what undo needs. */
interface SharedPlan {
  threads: GcPlan;
  pruned: PrunedTurn[];
  /** Bytes of pre-images before. */
  pre_images: number;
  /** Bytes of both before, and what is freed of them. */
  bytes: number;
  frees: number;
}

/** Pre-images go first, the oldest before others: what a thread said is worth more than what it could take back. */
async function planShared(moat_home: string, quota: number): Promise<SharedPlan> {
  const [{ planGc, threadsInUse }, { planPruning }, { checkpointUsage }] = await Promise.all([
    loadStore(),
    loadStoredCheckpoints(),
    loadCheckpointUsage(),
  ]);
  const now = new Date();
  const pre_images = checkpointUsage(moat_home).bytes;
  const all = await planGc(moat_home, { quota: Number.POSITIVE_INFINITY, now });
  const over = all.bytes + pre_images - quota;
  const pruned = over > 0 ? planPruning(moat_home, over, threadsInUse(moat_home)) : [];
  const freed = pruned.reduce((sum, { bytes }) => sum + bytes, 0);
  const threads = await planGc(moat_home, { quota: Math.max(0, quota - pre_images + freed), now });
  return { threads, pruned, pre_images, bytes: threads.bytes + pre_images, frees: threads.frees + freed };
}

async function run(moat_home: string, { threads, pruned }: SharedPlan): Promise<void> {
  const [{ runGc }, { forgetThreads, prune }] = await Promise.all([loadStore(), loadStoredCheckpoints()]);
  prune(moat_home, pruned);
  runGc(threads);
  forgetThreads(
    moat_home,
    threads.threads.map(({ thread }) => thread.thread_id),
  );
}

/** `threads gc`: brings threads, and what undo needs of them, below their quota. */
export const gc: CommandRun = async ({ flags, host }) => {
  const { DEFAULT_QUOTA } = await loadStore();
  const asked = flagValue(flags["max-size"]);
  const quota = asked === null ? DEFAULT_QUOTA : readSize(asked);
  if (quota === null) return fail(host, `--max-size ${asked}: give a size, as in 500M or 2G`, USAGE);
  const plan = await planShared(host.moat_home, quota);
  const dry_run = flags["dry-run"] === true;
  if (!dry_run) await run(host.moat_home, plan);
  const { homeLayers, layersText } = await import("../sandbox/home/layers-text.ts");
  const home_layers = homeLayers(host.home);
  if (!flags.json) return told(host, plan, { quota, dry_run, layers: layersText(home_layers) });
  const { bytes, pre_images, frees, pruned } = plan;
  const threads = plan.threads.threads.map((one) => ({ thread_id: one.thread.thread_id, bytes: one.frees }));
  const unused_blobs = plan.threads.blobs.length;
  return printJson(host, { dry_run, bytes, pre_images, quota, frees, unused_blobs, pruned, threads, home_layers });
};

interface Told {
  quota: number;
  dry_run: boolean;
  /** What is told of the layers over the home, which only a person throws away; null: there is nothing in them. */
  layers: string | null;
}

function told(host: Host, plan: SharedPlan, { quota, dry_run, layers }: Told): number {
  const { threads, pruned, pre_images, frees } = plan;
  const taken = `threads take ${sizeText(threads.bytes)}, what undo needs ${sizeText(pre_images)}`;
  const verb = dry_run ? "would remove" : "removed";
  host.stdout(`${taken}, of ${sizeText(quota)}\n`);
  if (threads.blobs.length > 0) host.stdout(`${verb} ${threads.blobs.length} files that no thread needs\n`);
  for (const { thread_id, started, bytes } of pruned)
    host.stdout(`${verb} what undo needs of a turn of ${started.slice(0, 10)}  ${thread_id}  ${sizeText(bytes)}\n`);
  for (const { thread, frees: freed } of threads.threads)
    host.stdout(`${verb} ${thread.thread_id}  ${titleOf(thread)}  ${sizeText(freed)}\n`);
  if (layers !== null) host.stdout(`${layers}\n`);
  host.stdout(frees === 0 ? "nothing to remove\n" : `${dry_run ? "would free" : "freed"} ${sizeText(frees)}\n`);
  return 0;
}
