import { fromHome } from "../../base/index.ts";
import { type FoundThread, loadStore, type ThreadSummary } from "../../session/index.ts";
import { SafeText, type Style, safe, styleFor, visible, visibleLine } from "../../term/index.ts";
import type { Flags, Host } from "../contract.ts";

/** Characters of an id that are shown at least: in UUIDv7 they tell apart what began more than a minute apart. */
const SHORT_ID = 8;
/** Characters of a title in a list; a line with all its columns then fits into 100. */
const TITLE = 56;

/** The value of a flag that takes one. */
export const flagValue = (value: Flags[string]): string | null => (typeof value === "string" ? value : null);

export function styleOf(host: Host): Style {
  return styleFor("auto", host.stdout_is_tty, host.env);
}

/** Prints a value for programs. */
export function printJson(host: Host, value: unknown): number {
  host.json(value, 2);
  return 0;
}

/** What a thread is called in a list, every character visible: its name, else what the user said first. */
export function titleOf(thread: ThreadSummary): string {
  const title = visible((thread.name ?? thread.prompt).replace(/(?:[ \t\n]|\r\n)+/g, " ")) || "(nothing was said)";
  const characters = [...title];
  return characters.length > TITLE ? `${characters.slice(0, TITLE - 1).join("")}…` : title;
}

/** The shortest beginning of each id that no other of these threads has. */
export function shortIds(threads: ThreadSummary[]): Map<string, string> {
  const ids = threads.map(({ thread_id }) => thread_id).sort();
  const common = (a: string, b = "") => {
    let length = 0;
    while (length < a.length && a[length] === b[length]) length++;
    return length;
  };
  return new Map(
    ids.map((id, index) => {
      const length = Math.max(SHORT_ID, common(id, ids[index - 1]) + 1, common(id, ids[index + 1]) + 1);
      return [id, id.slice(0, length)];
    }),
  );
}

/** One line a thread: id, when it was last used, turns, title, and the directory where it differs. */
export function threadLines(threads: ThreadSummary[], ids: Map<string, string>, host: Host, now: Date): SafeText {
  const style = styleOf(host);
  const width = Math.max(0, ...threads.map(({ thread_id }) => ids.get(thread_id)?.length ?? 0));
  return SafeText.join(
    threads.map((thread) => {
      const id = (ids.get(thread.thread_id) ?? thread.thread_id).padEnd(width);
      const turns = `${thread.turns} ${thread.turns === 1 ? "turn" : "turns"}`.padStart(9);
      const where = thread.cwd === host.cwd ? "" : style.dim(`  ${visibleLine(fromHome(thread.cwd, host.home))}`);
      const title = thread.name === null ? titleOf(thread) : style.bold(titleOf(thread));
      const archived = thread.archived ? style.dim("  archived") : "";
      return safe`${style.cyan(id)}  ${ago(thread.updated_at, now).padStart(8)}  ${turns}  ${title}${archived}${where}\n`;
    }),
    "",
  );
}

const UNITS: [string, number][] = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
];

/** How long ago, in the largest unit that fits; the date when it was more than 30 days. */
export function ago(timestamp: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(timestamp)) / 1000;
  if (Number.isNaN(seconds)) return "";
  if (seconds > 30 * 86_400) return timestamp.slice(0, 10);
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? ["", 0];
  return length === 0 ? "now" : `${Math.floor(seconds / length)} ${unit} ago`;
}

/** The thread that a word means; without one, prints why and what may have been meant. */
export async function requireThread(host: Host, word: string): Promise<ThreadSummary | null> {
  const { findThread } = await loadStore();
  const found = await findThread(host.moat_home, word);
  if (found.ok) return found.thread;
  host.stderr(`moat: ${notFound(word, found)}\n`);
  return null;
}

/** Why a word means no thread, with those that may have been meant. */
export function notFound(word: string, found: Extract<FoundThread, { ok: false }>): string {
  const near = found.near.map((thread) => `\n  ${thread.thread_id}  ${titleOf(thread)}`).join("");
  if (found.reason === "ambiguous") return `${word} fits several threads; give more of the id:${near}`;
  const list = "`moat threads list --all` shows every thread";
  return near ? `there is no thread ${word}; did you mean:${near}` : `there is no thread ${word}; ${list}`;
}
