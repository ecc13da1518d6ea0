import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { acquireLock, LockedError } from "../lock.ts";
import { listRollouts, rolloutPath } from "../paths.ts";
import { RolloutError } from "../rollout-error.ts";
import type { SourceAgent, SourceThread } from "./contract.ts";
import type { ForeignFile } from "./foreign-file.ts";
import { Losses } from "./losses.ts";
import { PEERS, type PeerName } from "./peers.ts";
import { writeThread } from "./thread-writer.ts";

/** What came of a thread of a file, or of the file. */
export type ImportResult =
  | {
      ok: true;
      from: PeerName;
      file: string;
      thread_id: string;
      path: string;
      turns: number;
      forked_from: string | null;
      /** Of the whole file, with the first of its threads. */
      skipped: Record<string, number>;
      warnings: string[];
    }
  /** `reason`: `exists` (a thread of this id is there already, nothing was changed), `empty`, `unreadable`, or that it is no such file. */
  | { ok: false; from: PeerName; file: string; reason: string; message: string };

/** Where threads are imported to, and what with. */
export interface ImportTarget {
  /** Absolute. */
  moat_home: string;
  moat_version: string;
  /** The directory of threads whose files say none. Absolute. */
  cwd: string;
  date(): Date;
}

/** Imports files, one after the other. */
export interface Importer extends Disposable {
  /** The threads of a file, or of one of its sessions (`key`), with the ids and times that they have there. */
  take(from: PeerName, file: ForeignFile, key: string | null): Promise<ImportResult[]>;
}

/** Opens an importer. Only one works at a time: throws RolloutError where another does. */
export function openImporter(target: ImportTarget): Importer {
  mkdirSync(target.moat_home, { recursive: true, mode: 0o700 });
  const lock = lockImport(target.moat_home);
  const known = new Set(listRollouts(target.moat_home).map(({ thread_id }) => thread_id));
  return {
    take: async (from, file, key) => takeFile(target, known, { ...(await PEERS[from]()), from }, file, key),
    [Symbol.dispose]: () => lock.release(),
  };
}

/** Whose file it is; null: nobody's that is known. Throws when it cannot be read. */
export async function recognize(file: ForeignFile): Promise<PeerName | null> {
  for (const name of Object.keys(PEERS) as PeerName[]) {
    const { open } = await PEERS[name]();
    if (open(file, { key: null, cwd: "/", losses: new Losses() }) !== null) return name;
  }
  return null;
}

function lockImport(moat_home: string) {
  try {
    return acquireLock(join(moat_home, "import.lock"));
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    throw new RolloutError(
      `process ${error.pid} imports threads at present: wait for it, or end it; then do this again`,
    );
  }
}

function takeFile(
  target: ImportTarget,
  known: Set<string>,
  { from, files, open }: SourceAgent & { from: PeerName },
  file: ForeignFile,
  key: string | null,
): ImportResult[] {
  const results: ImportResult[] = [];
  const fail = (reason: string, message: string) => results.push({ ok: false, from, file: file.path, reason, message });
  const losses = new Losses();
  try {
    const threads = open(file, { key, cwd: target.cwd, losses });
    if (!threads) fail(`not ${files.one}`, `it does not begin as ${files.one} does`);
    for (const thread of threads ?? []) {
      if (known.has(thread.thread_id)) fail("exists", `thread ${thread.thread_id} is there already`);
      else results.push({ ok: true, from, file: file.path, ...takeThread(target, thread), skipped: {}, warnings: [] });
      known.add(thread.thread_id);
    }
  } catch (error) {
    fail("unreadable", (error as Error).message);
  }
  if (results.length === 0) fail("empty", "nothing was said in it");
  const first = results.find(({ ok }) => ok);
  if (first?.ok) Object.assign(first, { skipped: losses.skipped, warnings: losses.warnings });
  return results;
}

function takeThread({ moat_home, moat_version, date }: ImportTarget, thread: SourceThread) {
  const { thread_id, started, forked_from } = thread;
  const begun = new Date(started);
  const path = rolloutPath(moat_home, thread_id, Number.isNaN(begun.getTime()) ? new Date(0) : begun);
  return { thread_id, path, forked_from, turns: writeThread(path, thread, moat_version, date) };
}
