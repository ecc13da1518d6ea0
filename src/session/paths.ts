import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** A rollout in MOAT_HOME. */
export interface RolloutFile {
  /** Absolute. */
  path: string;
  thread_id: string;
  archived: boolean;
}

/** Directories of MOAT_HOME that hold rollouts, each with one directory a year, month and day. */
const LIVE = "threads";
const ARCHIVED = "archived";

const ROLLOUT_NAME = /^rollout-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-(.+)\.jsonl$/;
const ROLLOUT_PATH = /^(.+)\/(threads|archived)\/(\d{4}\/\d\d\/\d\d\/[^/]+)$/;

/** Path of a new thread's rollout below `moat_home`: one directory a day, so that no directory grows without end. */
export function rolloutPath(moat_home: string, thread_id: string, date: Date): string {
  const [day = "", time = ""] = date.toISOString().slice(0, 19).split("T");
  const name = `rollout-${day}T${time.replaceAll(":", "-")}-${thread_id}.jsonl`;
  return join(moat_home, LIVE, ...day.split("-"), name);
}

/** The thread that a rollout's name says it holds; empty for a file with another kind of name. */
export function threadIdOf(path: string): string {
  return basename(path).match(ROLLOUT_NAME)?.[1] ?? "";
}

/** Where a rollout goes when it is archived, or comes back from there; null for a file outside MOAT_HOME. */
export function movedPath(path: string, archived: boolean): string | null {
  const found = path.match(ROLLOUT_PATH);
  return found?.[1] && found[3] ? join(found[1], archived ? ARCHIVED : LIVE, found[3]) : null;
}

/** The blob store that belongs to a rollout: MOAT_HOME/blobs, or `blobs` beside a file that lies elsewhere. */
export function blobsOf(path: string): string {
  return join(path.match(ROLLOUT_PATH)?.[1] ?? dirname(path), "blobs");
}

/** The lock of a rollout's writer: the name that its files begin with. */
export function lockOf(path: string): string {
  return `${path}.lock`;
}

/** The rollout of a thread, by its whole id; null when there is none. Reads directories only. */
export function findRollout(moat_home: string, thread_id: string): RolloutFile | null {
  return listRollouts(moat_home).find((file) => file.thread_id === thread_id) ?? null;
}

/** Every rollout, archived ones included, in no particular order. Reads directories only. */
export function listRollouts(moat_home: string): RolloutFile[] {
  return [LIVE, ARCHIVED].flatMap((folder) =>
    walk(join(moat_home, folder), 3).map(({ path, thread_id }) => ({ path, thread_id, archived: folder === ARCHIVED })),
  );
}

function walk(dir: string, depth: number): { path: string; thread_id: string }[] {
  const found: { path: string; thread_id: string }[] = [];
  for (const entry of entries(dir)) {
    if (depth > 0 && /^\d+$/.test(entry)) found.push(...walk(join(dir, entry), depth - 1));
    const thread_id = depth === 0 ? threadIdOf(entry) : "";
    if (thread_id) found.push({ path: `${dir}/${entry}`, thread_id });
  }
  return found;
}

/** Names in a directory; none when it is not there or may not be read. */
function entries(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
