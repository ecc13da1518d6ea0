import type { ContentPart, HistoryItem, ReasoningHistoryItem } from "../../protocol/index.ts";
import { onceAList, onceAnItem } from "../once.ts";
import { argumentsObject } from "./arguments.ts";

/** What of a history a server does not take. */
export interface ReplayLimits {
  /** Its id: what only another server understands is left out. */
  provider: string;
  images: boolean;
  /** Reasoning in a form that only the server can read, and reasoning text that goes back. */
  reasoning: boolean;
  /** Ids of calls are nine letters or digits. */
  short_ids: boolean;
}

/** Stands for an image that the server refuses. */
const NO_IMAGE: ContentPart = { type: "input_text", text: "[an image that this model cannot be shown]" };

/** Provider whose reasoning is not marked: items of before marks were made, and of imported threads. */
const UNMARKED = "openai";

/**
 * A history as this server takes it: the same objects wherever nothing has to change, so that no byte does. Arguments that
 * are no JSON object come back as one that holds the text, because strict servers parse them when they render the prompt;
 * ids of calls are unique.
 */
export function replayable(input: readonly HistoryItem[], limits: ReplayLimits): HistoryItem[] {
  const { provider, images, reasoning, short_ids } = limits;
  const items = adaptedAll(input, `${images} ${reasoning} ${provider}`, limits);
  return short_ids ? uniqueIds(items).map(withShortId) : uniqueIds(items);
}

const adaptedAll = onceAList<HistoryItem, HistoryItem[], ReplayLimits>(
  () => [],
  (items, item, limits) => items.push(...adapted(item, limits)),
);

/** Of thinking that was imported nobody may know who thought it. */
function goesTo({ provider = UNMARKED }: ReasoningHistoryItem, to: string): boolean {
  return provider === null || provider === to;
}

function adapted(item: HistoryItem, limits: ReplayLimits): HistoryItem[] {
  switch (item.type) {
    case "reasoning":
      return limits.reasoning && goesTo(item, limits.provider) ? [item] : [];
    case "function_call":
      return [callOf(item, limits)];
    case "message":
      return [limits.images ? item : { ...item, content: withoutImages(item.content) }];
    case "function_call_output":
      if (limits.images || typeof item.output === "string") return [item];
      return [{ ...item, output: withoutImages(item.output) }];
    default:
      return [item];
  }
}

function callOf(item: Extract<HistoryItem, { type: "function_call" }>, { provider }: ReplayLimits): HistoryItem {
  const valid = hasObject(item);
  const own = (item.extra_content ?? item.provider_specific_fields) === undefined || item.provider === provider;
  const name = NAME.test(item.name) ? item.name : nameOf(item.name);
  if (valid && own && name === item.name) return item;
  const { extra_content: _, provider_specific_fields: __, provider: ___, ...bare } = item;
  return { ...(own ? item : bare), name, arguments: valid ? item.arguments : wrapped(item.arguments) };
}

/** Names of functions as every server takes them: https://platform.openai.com/docs/api-reference/chat/create. */
const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** A name that a model made up, in letters that a server takes back. */
function nameOf(name: string): string {
  return (
    name
      .replace(/<\|.*$/s, "")
      .trim()
      .replace(/[^a-zA-Z0-9_-]+/g, "_")
      .slice(0, 64) || "unnamed"
  );
}

/** Arguments are parsed once, and not again for each request of their thread. */
const hasObject = onceAnItem(
  ({ arguments: text }: Extract<HistoryItem, { type: "function_call" }>) => argumentsObject(text) !== null,
);

/** The model was told what is wrong with them; it sees them as it wrote them. */
function wrapped(text: string): string {
  return text.trim() === "" ? "{}" : JSON.stringify({ malformed_arguments: text });
}

function withoutImages(parts: readonly ContentPart[]): ContentPart[] {
  return parts.map((part) => (part.type === "input_image" ? NO_IMAGE : part));
}

type Paired = Extract<HistoryItem, { call_id: string }>;
const isPaired = (item: HistoryItem): item is Paired => "call_id" in item;
const isOutput = (item: Paired) => item.type === "function_call_output" || item.type === "custom_tool_call_output";

/** The ids of the calls in a history, and how many calls there are. */
export const callIds = onceAList<HistoryItem, { ids: Set<string>; calls: number }, null>(
  () => ({ ids: new Set(), calls: 0 }),
  (state, item) => {
    if (!isPaired(item) || isOutput(item)) return;
    state.calls++;
    state.ids.add(item.call_id);
  },
);

/** Ids that came twice, as some servers give them: later calls get another one, and outputs follow their calls in order. */
function uniqueIds(items: HistoryItem[]): HistoryItem[] {
  const { ids: taken, calls } = callIds(items, "", null);
  if (taken.size === calls && !taken.has("")) return items;
  const seen = new Set<string>();
  const open = new Map<string, string[]>();
  return items.map((item) => {
    if (!isPaired(item)) return item;
    const { call_id } = item;
    if (isOutput(item)) {
      const own = open.get(call_id)?.shift() ?? call_id;
      return own === call_id ? item : { ...item, call_id: own };
    }
    const own = call_id !== "" && !seen.has(call_id) ? call_id : freeId(call_id, seen, taken);
    seen.add(own);
    open.set(call_id, [...(open.get(call_id) ?? []), own]);
    return own === call_id ? item : { ...item, call_id: own };
  });
}

/** The same for the same history: a request that changes from round to round would miss the server's cache. */
function freeId(call_id: string, seen: Set<string>, taken: Set<string>): string {
  for (let n = 2; ; n++) {
    const id = `${call_id || "call"}_${n}`;
    if (!seen.has(id) && !taken.has(id)) return id;
  }
}

/** Mistral: nine letters or digits. */
const SHORT_ID = /^[a-zA-Z0-9]{9}$/;

function withShortId(item: HistoryItem): HistoryItem {
  return isPaired(item) && !SHORT_ID.test(item.call_id) ? shortened(item) : item;
}

/** Anthropic; ids of other servers that it does not take are like `functions.exec_command:0` (Kimi). */
const PLAIN_ID = /^[a-zA-Z0-9_-]{1,64}$/;

/** The item with an id that Claude's own server takes. */
export function withPlainId(item: HistoryItem): HistoryItem {
  return isPaired(item) && !PLAIN_ID.test(item.call_id) ? shortened(item) : item;
}

function shortened(item: Paired): HistoryItem {
  return { ...item, call_id: Bun.hash(item.call_id).toString(36).padStart(9, "0").slice(-9) };
}
