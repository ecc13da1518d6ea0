import { existsSync, lstatSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { PrunedTurn } from "../contract.ts";
import { objectPath } from "../merge/content.ts";
import { objectBytes } from "./pack.ts";
import {
  captureRef,
  objectsOf,
  readThreadFile,
  type ThreadFile,
  threadFolder,
  writeThreadFile,
} from "./thread-file.ts";
import { checkpointUsage, filesOf, holding } from "./usage.ts";

/** Whose pre-images go, oldest first, to free so many bytes. Those of `keep` stay. Removes nothing. */
export function planPruning(moatHome: string, free: number, keep: readonly string[]): PrunedTurn[] {
  const all = filesOf(moatHome)
    .filter(({ thread_id }) => !keep.includes(thread_id))
    .flatMap(({ thread_id, steps }) => steps.filter(holding).map((step) => ({ thread_id, step })))
    .sort((a, b) =>
      a.step.started < b.step.started ? -1 : a.step.started > b.step.started ? 1 : a.step.seq - b.step.seq,
    );
  const plan: PrunedTurn[] = [];
  let freed = 0;
  for (const { thread_id, step } of all) {
    if (freed >= free) break;
    plan.push({
      thread_id,
      turn_id: step.turn?.turn_id ?? `${step.kind}-${step.seq}`,
      started: step.started,
      bytes: step.bytes,
    });
    freed += step.bytes;
  }
  return plan;
}

/** Removes the pre-images of these turns, and gives the bytes that were freed. */
export function prune(moatHome: string, turns: readonly PrunedTurn[]): number {
  let freed = 0;
  for (const [thread_id, list] of Map.groupBy(turns, (turn) => turn.thread_id)) {
    const file = readThreadFile(moatHome, thread_id);
    if (file) freed += pruneThread(moatHome, file, new Set(list.map(({ turn_id }) => turn_id)));
  }
  return freed;
}

/** A turn without its pre-images ends what can be taken back: everything older goes with it. */
function pruneThread(moatHome: string, file: ThreadFile, ids: ReadonlySet<string>): number {
  const last = file.steps.findLastIndex((step) => ids.has(step.turn?.turn_id ?? `${step.kind}-${step.seq}`));
  const gone = file.steps.slice(0, last + 1);
  const freed = gone.reduce((sum, { bytes }) => sum + bytes, 0);
  const directories = new Set(gone.flatMap(({ captures }) => captures.map(({ directory }) => directory)));
  for (const step of gone) {
    step.state = "pruned";
    step.bytes = 0;
    step.captures = [];
  }
  writeThreadFile(moatHome, file);
  const used = new Set(file.steps.flatMap(({ captures }) => captures.map(({ directory }) => directory)));
  for (const directory of directories)
    if (!used.has(directory)) rmSync(join(file.store, directory), { recursive: true, force: true });
  sweepObjects(moatHome, file);
  return freed;
}

/** Objects that no capture refers to any more. */
function sweepObjects(moatHome: string, file: ThreadFile): void {
  const objects = objectsOf(moatHome, file.thread_id);
  const used = new Set(
    file.steps.flatMap(({ captures }) =>
      captures.flatMap((each) => [...objectBytes(captureRef(file, each).directory, objects).keys()]),
    ),
  );
  const kept = new Set([...used].map((hash) => objectPath(objects, hash)));
  for (const part of existsSync(objects) ? readdirSync(objects) : [])
    for (const name of readdirSync(join(objects, part))) {
      const path = join(objects, part, name);
      if (!kept.has(path)) rmSync(path, { force: true });
    }
}

/** Removes all that is kept for threads that are gone; gives the bytes that were freed. */
export function forgetThreads(moatHome: string, threadIds: readonly string[]): number {
  let freed = 0;
  for (const id of threadIds) {
    const file = readThreadFile(moatHome, id);
    freed += file?.steps.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
    if (file) rmSync(file.store, { recursive: true, force: true });
    rmSync(threadFolder(moatHome, id), { recursive: true, force: true });
  }
  return freed;
}

/**
 * Brings threads and pre-images below their common quota: the oldest pre-images go, never those of `keep` (the current
 * thread). `others`: bytes of threads and blobs. Gives the bytes that were freed.
 */
export function enforceCheckpointQuota(
  moatHome: string,
  { quota, others, keep }: { quota: number; others: number; keep: readonly string[] },
): number {
  const over = checkpointUsage(moatHome).bytes + others - quota;
  return over <= 0 ? 0 : prune(moatHome, planPruning(moatHome, over, keep));
}

/** Directories outside of MOAT_HOME that hold pre-images: commands must not see them. */
export function checkpointDirectories(moatHome: string): string[] {
  const stores = filesOf(moatHome).map(({ store, thread_id }) =>
    store === threadFolder(moatHome, thread_id) ? null : dirname(store),
  );
  return [...new Set(stores.filter((store) => store !== null))].filter(
    (path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined,
  );
}
