import type { Block, Entry, EntryFacts, Transcript } from "../../view/index.ts";
import { usageCost } from "../price.ts";
import { withBlocks } from "./blocks.ts";
import type { AppConversation } from "./state.ts";
import { remainder } from "./stream.ts";

/** Puts what is new in the transcript into the log. `now`: null for what happened before the app looked. */
export function logged(conversation: AppConversation, before: Transcript, now: number | null): AppConversation {
  let next = conversation;
  for (const entry of conversation.transcript.entries.since(before.entries.length))
    next = withEntry(next, entry, before, now);
  return next;
}

function withEntry(
  conversation: AppConversation,
  entry: Entry,
  before: Transcript,
  now: number | null,
): AppConversation {
  const next = withBlocks(conversation, blocksOf(conversation, entry, before, now));
  if (entry.type === "item") return without(next, [entry.item.id]);
  if (entry.type === "stream.reset") return without(next, entry.item_ids);
  if (entry.type === "turn.completed" || entry.type === "turn.failed") return { ...next, streams: new Map() };
  return next;
}

function without(conversation: AppConversation, ids: readonly string[]): AppConversation {
  const { streams, begun } = conversation;
  if (!ids.some((id) => streams.has(id) || begun.has(id))) return conversation;
  const kept = <T>(map: ReadonlyMap<string, T>) => new Map([...map].filter(([id]) => !ids.includes(id)));
  return { ...conversation, streams: kept(streams), begun: kept(begun) };
}

/** What of an entry a person should read. */
function blocksOf(conversation: AppConversation, entry: Entry, before: Transcript, now: number | null): Block[] {
  switch (entry.type) {
    case "item":
      return itemBlocks(conversation, entry, now);
    case "turn.started":
    // The working line tells it while it lasts.
    case "stream.retrying":
      return [];
    case "settings.changed":
      return changesModel(entry, before) ? [{ type: "entry", entry }] : [];
    case "stream.reset":
      // What was not in the log yet is simply gone.
      return entry.item_ids.some((id) => (conversation.streams.get(id)?.committed ?? 0) > 0)
        ? [{ type: "entry", entry }]
        : [];
    case "turn.completed":
    case "turn.failed":
      return [...leftOpen(conversation), endBlock(conversation, entry, now)];
    default:
      return [{ type: "entry", entry }];
  }
}

function itemBlocks(
  conversation: AppConversation,
  entry: Extract<Entry, { type: "item" }>,
  now: number | null,
): Block[] {
  const { item } = entry;
  if (item.type === "agent_message") return remainder(item.text, conversation.streams.get(item.id));
  if (item.type === "reasoning") return thought(item.text, conversation.streams.get(item.id)?.committed ?? 0);
  const since = conversation.begun.get(item.id);
  return [{ type: "entry", entry, ...(since === undefined || now === null ? {} : { took_ms: now - since }) }];
}

/** Reasoning, unless all of it stands before the answer that it led to. */
function thought(text: string, told: number): Block[] {
  return text.trim() === "" || text.length === told ? [] : [{ type: "reasoning", text }];
}

/** What was said of an answer that was cut off stays, as it was seen. */
function leftOpen({ streams }: AppConversation): Block[] {
  return [...streams.values()].flatMap(({ split, committed }): Block[] =>
    split.rest.trim() === "" ? [] : [{ type: "prose", text: split.rest, first: committed === 0 }],
  );
}

function endBlock(
  { turn, price }: AppConversation,
  entry: Extract<Entry, { type: "turn.completed" | "turn.failed" }>,
  now: number | null,
): Block {
  const facts: EntryFacts = {
    ...(turn === null || now === null ? {} : { took_ms: now - turn.since }),
    ...(price === null ? {} : { cost: usageCost(entry.turn_usage, price) }),
  };
  return { type: "entry", entry, ...facts };
}

/** Modes are seen in the status line; another model is a note. */
function changesModel({ context }: Extract<Entry, { type: "settings.changed" }>, before: Transcript): boolean {
  const old = before.context;
  return old === null || old.model !== context.model || old.effort !== context.effort;
}
