import { loadCheckpointUsage, loadStoredCheckpoints } from "../checkpoint/index.ts";
import { loadStore } from "../session/index.ts";

/** What threads and their pre-images take together, in bytes. */
export interface SharedSize {
  threads: number;
  pre_images: number;
  quota: number;
}

/** Threads and pre-images share one quota. Reads no rollout. */
export async function sharedSize(moat_home: string): Promise<SharedSize> {
  const [{ checkpointUsage }, { storeSize }] = await Promise.all([loadCheckpointUsage(), loadStore()]);
  const { bytes: threads, quota } = storeSize(moat_home);
  return { threads, pre_images: checkpointUsage(moat_home).bytes, quota };
}

/**
 * Brings threads and pre-images below their quota, as far as pre-images that nobody uses do it: the oldest go first. Threads stay: those
 * go by `threads gc` alone. Gives the bytes that were freed.
 * @param keep threads whose pre-images stay; those that a process writes stay, too
 */
export async function prunePreImages(moat_home: string, quota: number, keep: readonly string[]): Promise<number> {
  const { threads, pre_images } = await sharedSize(moat_home);
  const over = threads + pre_images - quota;
  if (over <= 0 || pre_images === 0) return 0;
  const [{ planPruning, prune }, { threadsInUse }] = await Promise.all([loadStoredCheckpoints(), loadStore()]);
  return prune(moat_home, planPruning(moat_home, over, [...keep, ...threadsInUse(moat_home)]));
}
