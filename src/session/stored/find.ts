import type { ThreadSummary } from "../scan.ts";
import { listThreads } from "./list.ts";

/** The thread that a word means, or why there is none. */
export type FoundThread =
  | { ok: true; thread: ThreadSummary }
  /** `near`: threads that may have been meant; the candidates when the word fits several. */
  | { ok: false; reason: "unknown" | "ambiguous"; near: ThreadSummary[] };

/** Characters below which a prefix of an id is not looked at: ids that were made at about the same time share more. */
const SHORTEST_PREFIX = 4;
/** Near matches that are shown. */
const NEAR = 5;

/** Finds a thread, archived ones included: by its id, then its name, then a prefix of its id that fits no other. */
export async function findThread(moat_home: string, word: string): Promise<FoundThread> {
  const all = await listThreads(moat_home, { archived: "any" });
  const wanted = word.toLowerCase();
  const steps = [
    (thread: ThreadSummary) => thread.thread_id === wanted,
    (thread: ThreadSummary) => thread.name === word,
    (thread: ThreadSummary) => thread.name?.toLowerCase() === wanted,
    (thread: ThreadSummary) => wanted.length >= SHORTEST_PREFIX && thread.thread_id.startsWith(wanted),
  ];
  for (const fits of steps) {
    const [thread, ...others] = all.filter(fits);
    if (!thread) continue;
    if (others.length === 0) return { ok: true, thread };
    return { ok: false, reason: "ambiguous", near: [thread, ...others].slice(0, NEAR) };
  }
  return { ok: false, reason: "unknown", near: nearThreads(all, wanted) };
}

function nearThreads(all: ThreadSummary[], wanted: string): ThreadSummary[] {
  const closeness = (thread: ThreadSummary) => {
    if (thread.name?.toLowerCase().includes(wanted)) return 3;
    if (similar(thread.thread_id, wanted) || similar(thread.name?.toLowerCase() ?? "", wanted)) return 2;
    return thread.prompt.toLowerCase().includes(wanted) ? 1 : 0;
  };
  return all
    .map((thread) => ({ thread, score: closeness(thread) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, NEAR)
    .map(({ thread }) => thread);
}

/** Alike but for a typing mistake or two: of the same length and different in few places, or one lacks a character. */
function similar(text: string, wanted: string): boolean {
  if (wanted.length < SHORTEST_PREFIX) return false;
  const part = text.slice(0, wanted.length);
  const different = [...part].filter((character, index) => character !== wanted[index]).length;
  return part.length === wanted.length && different <= Math.max(1, Math.floor(wanted.length / 8));
}
