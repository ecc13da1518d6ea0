import type { ContentPart, FunctionCallItem, HistoryItem, Json, MessageItem } from "../../protocol/index.ts";
import type { ModelEvent, ToolSpec } from "../contract.ts";
import { argumentsObject, argumentsText } from "../dialect/arguments.ts";
import { at, string } from "../json.ts";
import { unwrapCall } from "./freeform.ts";

/** Types of the items that we keep; others belong to hosted tools that we never offer. */
const KEPT = new Set(["message", "reasoning", "function_call", "custom_tool_call", "web_search_call"]);

/** Puts the items of a response together, of servers that give ids, the same id to all, or none. */
export interface ItemCollector {
  /** A text that is whole; its item may never come. `key` names the item. */
  addText(text: string, key: string): void;
  /** An item that is whole. */
  add(item: Json, key: string, out: ModelEvent[]): void;
  /** The response is complete, and this is all of its output, once more or at last; empty where the server does not repeat it. */
  finish(output: Json[], out: ModelEvent[]): void;
  /** Items so far. */
  readonly count: number;
}

export function createItemCollector(tools: ToolSpec[]): ItemCollector {
  const taken: Json[] = [];
  const keys = new Set<string>();
  let [textKey, text] = ["", ""];

  const emit = (item: Json, key: string, out: ModelEvent[]) => {
    taken.push(item);
    if (at(item, "type") === "message") [textKey, text] = ["", ""];
    const own = at(item, "type") === "reasoning" ? thoughtKey(key) : key;
    const unique = keys.has(own) ? `${own}#${taken.length}` : own;
    keys.add(unique);
    out.push({ type: "item", key: unique, item: received(item as unknown as HistoryItem, tools) });
  };

  return {
    get count() {
      return taken.length;
    },
    addText(whole, key) {
      [textKey, text] = [key, whole];
    },
    add(item, key, out) {
      if (!isKept(item) || (idOf(item) && taken.some((one) => isSame(one, item) && idOf(one) === idOf(item)))) return;
      emit(item, key, out);
    },
    finish(output, out) {
      const left = [...taken];
      for (const item of output) {
        const found = left.findIndex((one) => isSame(one, item));
        if (found >= 0) left.splice(found, 1);
        // Ids, and reasoning, may differ from what was streamed: some servers make them anew.
        else if (isKept(item) && !left.some((one) => repeats(one, item)))
          emit(item, idOf(item) || `${taken.length}`, out);
      }
      const said = taken.some((item) => at(item, "type") === "message");
      if (!said && text !== "") emit(messageOf(text), textKey, out);
    },
  };
}

/** Where a server gives all items one index, reasoning and text must not run together. */
export const thoughtKey = (key: string) => `thought:${key}`;
const idOf = (item: Json) => string(at(item, "id")) ?? "";
const isKept = (item: Json) => KEPT.has(string(at(item, "type")) ?? "");

/** The same content, whatever the ids. What may be long is compared as it is: as JSON it would be there twice more. */
function isSame(a: Json, b: Json): boolean {
  const same = (name: string) => textsOf(at(a, name)) === textsOf(at(b, name));
  return at(a, "type") === at(b, "type") && same("content") && same("summary") && callOf(a) === callOf(b);
}

/** The item stands for one that was streamed, although its content does not show it. */
function repeats(streamed: Json, item: Json): boolean {
  if (at(streamed, "type") !== at(item, "type")) return false;
  const same = (name: string) => Boolean(at(item, name)) && at(item, name) === at(streamed, name);
  return at(item, "type") === "reasoning" || same("id") || same("call_id");
}

/** What an item calls, with what. */
function callOf(item: Json): string {
  const args = argumentsText(at(item, "arguments"));
  const fields = [at(item, "name"), argumentsObject(args) ?? args, at(item, "input"), at(item, "action")];
  return JSON.stringify(fields);
}

function textsOf(parts: Json | undefined): string {
  if (typeof parts === "string") return parts;
  return Array.isArray(parts) ? parts.map((part) => string(at(part, "text")) ?? "").join("") : "";
}

function messageOf(text: string): Json {
  return { type: "message", role: "assistant", content: [{ type: "output_text", text }] };
}

function received(item: HistoryItem, tools: ToolSpec[]): HistoryItem {
  switch (item.type) {
    case "function_call":
      return unwrapCall({ ...item, arguments: argumentsText(item.arguments) } as FunctionCallItem, tools);
    case "message":
      return withParts(item);
    case "reasoning":
      return Array.isArray(item.summary) ? item : { ...item, summary: [] };
    default:
      return item;
  }
}

/** A message as the wire has it, also where its content is a text, or its parts are of a type of another wire, or of none. */
function withParts(item: MessageItem): HistoryItem {
  const content: unknown = item.content;
  if (typeof content === "string") return { ...item, content: [{ type: "output_text", text: content }] };
  const parts = Array.isArray(content) ? item.content : [];
  const known = (type: unknown) => type === "output_text" || type === "refusal";
  if (parts === content && parts.every(({ type }) => known(type))) return item;
  return {
    ...item,
    content: parts.map((part) => (known(part.type) ? part : ({ ...part, type: "output_text" } as ContentPart))),
  };
}
