import { mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { blobReferences, listBlobs } from "./blobs.ts";
import { acquireLock } from "./lock.ts";
import { blobsOf, listRollouts, lockOf, movedPath } from "./paths.ts";
import { RolloutError, RolloutWriter } from "./rollout.ts";

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
