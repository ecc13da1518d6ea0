import { mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { blobReferences, listBlobs } from "../blobs.ts";
import type { RolloutLine } from "../line.ts";
import { acquireLock } from "../lock.ts";
import { blobsOf, listRollouts, lockOf, movedPath, rolloutPath } from "../paths.ts";
import { atOnce, type InSlices, type RawLine, Rollout } from "../read.ts";
import { RolloutWriter } from "../rollout.ts";
import { RolloutError } from "../rollout-error.ts";
import { writeRollout } from "../write-whole.ts";

/** Names a thread; null takes the name away. Throws LockedError while another process writes the thread. */
export function renameThread(path: string, name: string | null, date: () => Date): void {
  const writer = new RolloutWriter(path, date);
  try {
    writer.rename(name);
  } finally {
    writer.close();
  }
}

/** Moves a thread into the archive or back, and returns its new path. Throws LockedError while it is in use. */
export function archiveThread(path: string, archived: boolean): string {
  const to = movedPath(path, archived);
  if (to === null) throw new RolloutError(`${path} is not a thread of MOAT_HOME: import it first`);
  return withLock(path, () => {
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    renameSync(path, to);
    return to;
  });
}

/** Removes a thread and the blobs that no other thread refers to. Throws LockedError while it is in use. */
export function deleteThread(moat_home: string, path: string): void {
  withLock(path, () => {
    const own = blobReferences(path);
    const { mtimeMs } = statSync(path);
    rmSync(path);
    if (own.size === 0) return;
    for (const other of listRollouts(moat_home)) for (const hash of blobReferences(other.path)) own.delete(hash);
    // A blob that was used after this thread was last written is about to be named by another; `gc` takes it if not.
    const unused = listBlobs(blobsOf(path)).filter((blob) => own.has(blob.hash) && blob.used <= mtimeMs);
    for (const blob of unused) rmSync(blob.path, { force: true });
  });
}

function withLock<T>(path: string, work: () => T): T {
  const lock = acquireLock(lockOf(path));
  try {
    return work();
  } finally {
    lock.release();
  }
}

/** What a fork starts from. */
export interface ForkOptions {
  moat_home: string;
  /** Id of the new thread. */
  thread_id: string;
  date: Date;
  moat_version: string;
  /** Turns that are taken over; absent: all. */
  turns?: number;
}

/**
 * Copies a thread into a new one that names it as its origin, and returns the new rollout's path. The original may be in
 * use. What is damaged in it is left out; its name stays its own.
 */
export function forkThread(path: string, options: ForkOptions): string {
  return atOnce(forkInSlices(path, options));
}

/** The same, with time in between for a person who types. */
export function* forkInSlices(path: string, options: ForkOptions): InSlices<string> {
  const rollout = yield* Rollout.inSlices(path);
  return yield* copyThread(rollout, upToTurn(rollout, options.turns ?? Number.POSITIVE_INFINITY), options);
}

/** Writes these lines of a thread as a new one. */
export function* copyThread(rollout: Rollout, lines: readonly RawLine[], options: ForkOptions): InSlices<string> {
  const [head] = lines;
  const first = head ? rollout.event(head) : null;
  if (first?.type !== "thread.started") throw new RolloutError("the thread has no first line: it cannot be forked");
  const { moat_home, thread_id, date, moat_version } = options;
  const timestamp = date.toISOString();
  const started: RolloutLine = { ...first, timestamp, thread_id, moat_version, forked_from: first.thread_id };
  const target = rolloutPath(moat_home, thread_id, date);
  yield* writeRollout(target, linesOf(JSON.stringify(started), lines));
  return target;
}

function* linesOf(first: string, [, ...lines]: readonly RawLine[]): Generator<string> {
  yield first;
  for (const line of lines) if (line.type !== "thread.named") yield line.text();
}

function upToTurn({ lines }: Rollout, turns: number): RawLine[] {
  let started = 0;
  const end = lines.findIndex(({ type }) => type === "turn.started" && ++started > turns);
  return end === -1 ? lines : lines.slice(0, end);
}
