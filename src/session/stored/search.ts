import { type Item, promptText } from "../../protocol/index.ts";
import { REFERENCE, type RolloutLine } from "../line.ts";
import { oneLine } from "../one-line.ts";
import { Rollout } from "../read.ts";
import type { ThreadSummary } from "../scan.ts";
import { type ListOptions, listThreads } from "./list.ts";

/** A place where the text was found. */
export interface SearchMatch {
  timestamp: string;
  /** Whose words they are. */
  who: "user" | "agent" | "command" | "patch" | "name";
  /** The text with some of what stands around it, on one line. */
  snippet: string;
}

export interface SearchResult {
  thread: ThreadSummary;
  matches: SearchMatch[];
}

/** Characters around a match that are shown. */
const AROUND = 60;
/** Matches of one thread that are listed. */
const MOST = 20;

/** Threads in which somebody said or ran something with this text, the last used first. Case does not count. */
export async function searchThreads(moat_home: string, text: string, options: ListOptions): Promise<SearchResult[]> {
  const wanted = text.toLowerCase();
  const threads = await listThreads(moat_home, options);
  return threads
    .map((thread) => ({ thread, matches: searchThread(thread, wanted).slice(0, MOST) }))
    .filter(({ matches }) => matches.length > 0);
}

function searchThread(thread: ThreadSummary, wanted: string): SearchMatch[] {
  const name = matchIn(thread.name ?? "", wanted);
  const found: SearchMatch[] = name ? [{ timestamp: thread.updated_at, who: "name", snippet: name }] : [];
  const rollout = Rollout.of(thread.path);
  const escaped = JSON.stringify(wanted).slice(1, -1).toLowerCase();
  for (const line of rollout.lines) {
    const { type } = line;
    // A user's words are in the history, everybody else's in items: each is looked at once.
    if (type !== "item.completed" && type !== "history.added") continue;
    const text = line.text();
    if (type === "history.added" && !text.includes('"role":"user"')) continue;
    // Most lines can be told from their JSON, which is many times faster than parsing it.
    if (!REFERENCE.test(text) && !text.toLowerCase().includes(escaped)) continue;
    const event = rollout.event(line);
    const words = event ? wordsOf(event) : null;
    const snippet = words && matchIn(words.text, wanted);
    if (event && words && snippet) found.push({ timestamp: event.timestamp, who: words.who, snippet });
  }
  return found;
}

type Words = { who: SearchMatch["who"]; text: string };

function wordsOf(event: RolloutLine): Words | null {
  if (event.type === "item.completed") return itemWords(event.item);
  const text = event.type === "history.added" ? promptText(event.item) : null;
  return text === null ? null : { who: "user", text };
}

function itemWords(item: Item): Words | null {
  if (item.type === "agent_message") return { who: "agent", text: item.text };
  if (item.type === "command_execution") return { who: "command", text: `${item.command}\n${item.aggregated_output}` };
  if (item.type === "file_change") {
    return { who: "patch", text: item.changes.map(({ path, diff }) => `${path}\n${diff ?? ""}`).join("\n") };
  }
  return null;
}

function matchIn(text: string, wanted: string): string | null {
  const at = text.toLowerCase().indexOf(wanted);
  if (at === -1) return null;
  const [from, to] = [Math.max(0, at - AROUND), at + wanted.length + AROUND];
  const cut = oneLine(text.slice(from, to), 2 * AROUND + wanted.length + 2);
  return `${from > 0 ? "…" : ""}${cut}${to < text.length ? "…" : ""}`;
}
