import type { FunctionCallItem, HistoryItem } from "../../protocol/index.ts";
import type { ModelEvent, ModelRequest, ProviderSettings } from "../contract.ts";
import { parseJson } from "../json.ts";
import { callIds } from "./replay.ts";
import { type Thought, ThoughtReader, thoughtOf } from "./thought.ts";

/** Makes of one attempt's events what they mean: the same for every wire. */
export interface AnswerReader {
  /** Changes `batch` from `from` on, in place. */
  read(batch: ModelEvent[], from: number): void;
  /** Something was said or called: the answer is not empty. */
  readonly answered: boolean;
}

/**
 * Reads what a model sent as it was meant: reasoning that it wrote between tags into its text, a fence around a schema's
 * answer, calls whose id is missing or was used before. Items that only their server understands are marked with its name.
 */
export function createAnswerReader(
  request: ModelRequest,
  provider: Pick<ProviderSettings, "id">,
  random: () => number,
): AnswerReader {
  const thoughts = new ThoughtReader();
  const state = { answered: false };
  /** Ids of this answer. */
  const given = new Set<string>();

  const uniqueId = (call_id: string): string => {
    const { ids } = callIds(request.input, "", null);
    const known = call_id === "" || given.has(call_id) || ids.has(call_id);
    const id = known ? newId(ids.size + given.size, random) : call_id;
    given.add(id);
    return id;
  };
  const itemsOf = (key: string, item: HistoryItem): ModelEvent[] => {
    if (item.type === "message") return messageItems(key, item, request);
    if (item.type === "reasoning") return [{ type: "item", key, item: { ...item, provider: provider.id } }];
    if (!isCall(item)) return [{ type: "item", key, item }];
    const call_id = uniqueId(item.call_id);
    const extra = item.type === "function_call" && (item.extra_content ?? item.provider_specific_fields);
    const own = extra ? { provider: provider.id } : {};
    return [{ type: "item", key, item: call_id === item.call_id ? { ...item, ...own } : { ...item, ...own, call_id } }];
  };

  return {
    get answered() {
      return state.answered;
    },
    read(batch, from) {
      for (let at = from; at < batch.length; at++) {
        const event = batch[at] as ModelEvent;
        if (event.type === "delta") {
          if (event.kind !== "text" || thoughts.isPlain(event.key)) continue;
          const read = thoughts.read(event.key, event.delta);
          batch.splice(at, 1, ...read);
          at += read.length - 1;
        } else if (event.type === "item") {
          const items = itemsOf(event.key, event.item);
          state.answered ||= items.some(
            (one) => one.type === "item" && one.item.type !== "reasoning" && speaks(one.item),
          );
          batch.splice(at, 1, ...items);
          at += items.length - 1;
        }
      }
    },
  };
}

function isCall(item: HistoryItem): item is Extract<HistoryItem, { call_id: string; name: string }> {
  return item.type === "function_call" || item.type === "custom_tool_call";
}

/** What a server ran by itself is no answer. */
const speaks = (item: HistoryItem) => item.type === "message" || isCall(item);

/** @param given how many ids there are */
function newId(given: number, random: () => number): FunctionCallItem["call_id"] {
  return `call_${random().toString(36).slice(2)}${given.toString(36)}`;
}

/** A message as its reasoning and its text. One that says nothing is left out: servers refuse it when it comes back. */
function messageItems(
  key: string,
  item: Extract<HistoryItem, { type: "message" }>,
  request: ModelRequest,
): ModelEvent[] {
  const [part] = item.content;
  if (item.content.length !== 1 || part?.type !== "output_text")
    return item.content.some((one) => one.type !== "output_text" || one.text.trim() !== "")
      ? [{ type: "item", key, item }]
      : [];
  const { thought, text }: Thought = thoughtOf(part.text);
  const said = request.output_schema === null ? text : withoutFence(text);
  const events: ModelEvent[] = [];
  if (thought !== "") {
    const summary = [{ type: "summary_text" as const, text: thought }];
    events.push({ type: "item", key: `${key}:thought`, item: { type: "reasoning", summary } });
  }
  if (said.trim() !== "") {
    const same = said === part.text;
    events.push({ type: "item", key, item: same ? item : { ...item, content: [{ ...part, text: said }] } });
  }
  return events;
}

/** An answer that must be JSON, without the one fence that models like to put around it. */
function withoutFence(text: string): string {
  const inner = /^\s*(```|~~~)[a-z0-9]*\s([\s\S]*?)\1\s*$/i.exec(text)?.[2]?.trim();
  return inner !== undefined && parseJson(inner) !== undefined ? inner : text;
}
