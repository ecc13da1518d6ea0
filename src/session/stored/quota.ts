import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type BlobFile, blobReferences, listBlobs } from "../blobs.ts";
import { isLocked } from "../lock.ts";
import { listRollouts, lockOf } from "../paths.ts";
import type { ThreadSummary } from "../scan.ts";
import { listThreads } from "./list.ts";

/** Bytes that threads may take before `gc` removes some: 1 GiB. */
export const DEFAULT_QUOTA = 1024 ** 3;

/** ms that an unused blob is left alone: a writer stores a blob a moment before the line that names it. */
const BLOB_GRACE_MS = 60 * 60 * 1000;

/** What threads take on disk. */
export interface StoreSize {
  threads: number;
  rollout_bytes: number;
  blob_bytes: number;
  bytes: number;
  quota: number;
}

/** What threads take on disk now. Reads no file. */
export function storeSize(moat_home: string, quota = DEFAULT_QUOTA): StoreSize {
  const files = listRollouts(moat_home);
  const rollout_bytes = sum(files.map(({ path }) => statSync(path, { throwIfNoEntry: false })?.size ?? 0));
  const blob_bytes = sum(listBlobs(join(moat_home, "blobs")).map(({ bytes }) => bytes));
  return { threads: files.length, rollout_bytes, blob_bytes, bytes: rollout_bytes + blob_bytes, quota };
}

/** Ids of the threads that a process writes at present. */
export function threadsInUse(moat_home: string): string[] {
  return listRollouts(moat_home).flatMap(({ path, thread_id }) => (isLocked(lockOf(path)) ? [thread_id] : []));
}

/** What `gc` would remove. */
export interface GcPlan {
  /** Bytes before. */
  bytes: number;
  quota: number;
  /** Bytes that are freed. */
  frees: number;
  /** Blobs that no thread refers to any more, and leftovers of killed writers. */
  blobs: BlobFile[];
  /** Threads that go, in this order, each with the bytes that it frees. */
  threads: { thread: ThreadSummary; frees: number; blobs: BlobFile[] }[];
}

export interface GcOptions {
  quota?: number;
  /** Threads that stay whatever happens; those that a process writes stay too. */
  keep?: string[];
  now: Date;
}

/**
 * Plans what brings the store below its quota: first what nobody refers to, then archived threads, then others, the least
 * recently used first. Removes nothing.
 */
export async function planGc(moat_home: string, options: GcOptions): Promise<GcPlan> {
  const { quota = DEFAULT_QUOTA, keep = [], now } = options;
  const threads = await listThreads(moat_home, { archived: "any" });
  const references = new Map(threads.map((thread) => [thread.path, blobReferences(thread.path)]));
  const users = new Map<string, number>();
  for (const hashes of references.values()) for (const hash of hashes) users.set(hash, (users.get(hash) ?? 0) + 1);
  const all = listBlobs(join(moat_home, "blobs"));
  const stray = all.filter(({ hash, used }) => !users.has(hash) && now.getTime() - used > BLOB_GRACE_MS);
  const bytes = sum(threads.map((thread) => thread.bytes)) + sum(all.map((blob) => blob.bytes));
  const plan: GcPlan = { bytes, quota, frees: sum(stray.map((blob) => blob.bytes)), blobs: stray, threads: [] };
  const oldestFirst = threads.toReversed();
  for (const thread of [...oldestFirst.filter((t) => t.archived), ...oldestFirst.filter((t) => !t.archived)]) {
    if (bytes - plan.frees <= quota) break;
    if (keep.includes(thread.thread_id) || isLocked(lockOf(thread.path))) continue;
    const own = references.get(thread.path) ?? new Set();
    const freed = all.filter(({ hash }) => own.has(hash) && users.get(hash) === 1);
    for (const hash of own) users.set(hash, (users.get(hash) ?? 1) - 1);
    const frees = thread.bytes + sum(freed.map((blob) => blob.bytes));
    plan.threads.push({ thread, frees, blobs: freed });
    plan.frees += frees;
  }
  return plan;
}

/** Removes what a plan says. What came into use meanwhile stays. */
export function runGc(plan: GcPlan): void {
  const removeUnused = (blobs: BlobFile[]) => {
    for (const { path, used } of blobs) {
      if (statSync(path, { throwIfNoEntry: false })?.mtimeMs === used) rmSync(path, { force: true });
    }
  };
  removeUnused(plan.blobs);
  for (const { thread, blobs } of plan.threads) {
    if (isLocked(lockOf(thread.path))) continue;
    rmSync(thread.path, { force: true });
    removeUnused(blobs);
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
