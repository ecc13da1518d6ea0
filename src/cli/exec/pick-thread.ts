import { FAILED, USAGE } from "../../base/index.ts";
import { findRollout, loadStore, type ThreadSummary } from "../../session/index.ts";
import { loadDialogs } from "../../term/index.ts";
import type { Host } from "../contract.ts";
import { ago, notFound, titleOf } from "../threads/text.ts";

/** Which thread a person or a script wants to go on with. */
export interface PickOptions {
  /** Id, beginning of an id, or name; null when none was given. */
  word: string | null;
  /** The one that was used last. */
  last: boolean;
  /** Of every directory, not only of this one. */
  all: boolean;
}

/** The path of the thread's rollout, or why there is none, with the exit code that fits. */
export type Picked = { ok: true; path: string } | { ok: false; message: string; exit: number };

/**
 * Finds the thread to go on with: the one that is named, the last one, or the one that is chosen on a terminal. A thread
 * is offered whatever its provider is.
 */
export async function pickThread(host: Host, options: PickOptions): Promise<Picked> {
  // A whole id, as programs give it, needs no list of threads.
  const exact = options.word === null ? null : findRollout(host.moat_home, options.word);
  if (exact) return { ok: true, path: exact.path };
  const store = await loadStore();
  if (options.word !== null) {
    const found = await store.findThread(host.moat_home, options.word);
    if (found.ok) return { ok: true, path: found.thread.path };
    return { ok: false, message: notFound(options.word, found), exit: FAILED };
  }
  const every = await store.listThreads(host.moat_home);
  const here = every.filter((thread) => thread.cwd === host.cwd);
  const offered = options.all ? every : here;
  const [last] = offered;
  if (!last) {
    const more = every.length > 0 ? `; --all offers the ${every.length} of other directories` : "";
    return { ok: false, message: `no thread was started in ${host.cwd}${more}`, exit: FAILED };
  }
  if (options.last) return { ok: true, path: last.path };
  if (!host.stdin_is_tty || !host.stdout_is_tty) {
    return { ok: false, message: "say which thread: its id, its name, or --last", exit: USAGE };
  }
  return choose(offered, every.length - offered.length, host);
}

/** Rows of the picker: enough to see a week's work, few enough for a small terminal. */
const ROWS = 10;

async function choose(threads: ThreadSummary[], elsewhere: number, host: Host): Promise<Picked> {
  const { inDialog } = await loadDialogs();
  const now = new Date();
  const options = threads.map((thread) => ({
    value: thread.path,
    label: titleOf(thread),
    hint: [ago(thread.updated_at, now), ...(thread.cwd === host.cwd ? [] : [thread.cwd])].join(", "),
  }));
  const more = elsewhere > 0 ? ` (--all: ${elsewhere} more of other directories)` : "";
  const chosen = await inDialog((dialog) => dialog.search({ message: `Which thread?${more}`, options, rows: ROWS }));
  if (chosen === null) return { ok: false, message: "nothing was chosen", exit: FAILED };
  return { ok: true, path: chosen };
}
