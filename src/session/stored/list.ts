import { statSync } from "node:fs";
import { join } from "node:path";
import { listRollouts, type RolloutFile } from "../paths.ts";
import { emptySummary, scan, type ThreadSummary } from "../scan.ts";
import { type IndexRow, openIndex } from "../thread-index.ts";

/** Which threads a list has. */
export interface ListOptions {
  /** Only threads of this directory; absent: of all. */
  cwd?: string;
  /** Only archived threads; absent or false: only the others. `any`: both. */
  archived?: boolean | "any";
  /** Only threads with this text in their name, first prompt, directory or id; case does not count. */
  query?: string;
}

/**
 * Threads, the last used first. Reads the rollouts themselves: the index only saves reading those again that have not
 * changed since. A file that cannot be read is left out.
 */
export async function listThreads(moat_home: string, options: ListOptions = {}): Promise<ThreadSummary[]> {
  const all = await refresh(moat_home);
  all.sort((a, b) => (a.updated_at < b.updated_at ? 1 : a.updated_at > b.updated_at ? -1 : 0));
  return filterThreads(all, options);
}

/** Those of these threads that the options ask for, in their order. */
export function filterThreads(threads: ThreadSummary[], options: ListOptions): ThreadSummary[] {
  const query = options.query?.toLowerCase() ?? "";
  const { archived = false, cwd } = options;
  return threads
    .filter((thread) => archived === "any" || thread.archived === archived)
    .filter((thread) => cwd === undefined || thread.cwd === cwd)
    .filter((thread) => query === "" || matches(thread, query));
}

function matches({ name, prompt, cwd, thread_id }: ThreadSummary, query: string): boolean {
  return [name ?? "", prompt, cwd, thread_id].some((text) => text.toLowerCase().includes(query));
}

/** Files that are looked at between two chances to do something else: some ms of work, some 50 ms where all are new. */
const SLICE = 500;

async function refresh(moat_home: string): Promise<ThreadSummary[]> {
  const files = listRollouts(moat_home);
  if (files.length === 0) return [];
  const index = await openIndex(join(moat_home, "threads.sqlite"));
  try {
    const changed = new Map<string, IndexRow>();
    const summaries: ThreadSummary[] = [];
    for (const [at, file] of files.entries()) {
      const known = index.rows.get(file.path);
      const row = current(file, known);
      if (row && row !== known) changed.set(file.path, row);
      if (row) summaries.push(row.summary);
      if ((at + 1) % SLICE === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const there = new Set(files.map(({ path }) => path));
    index.save(
      changed,
      [...index.rows.keys()].filter((path) => !there.has(path)),
    );
    return summaries;
  } finally {
    index.close();
  }
}

/** The row of a file: the known one when the file is as it was, else a new one; null when the file cannot be read. */
function current(file: RolloutFile, known: IndexRow | undefined): IndexRow | null {
  try {
    const { size, mtimeMs: mtime } = statSync(file.path);
    if (known?.size === size && known.mtime === mtime) return known;
    // A file that only grew is read from where the last reading ended.
    const before = known && known.size < size ? known : { summary: emptySummary(file), scanned: 0 };
    return { ...scan(before, size), size, mtime };
  } catch {
    return null;
  }
}
