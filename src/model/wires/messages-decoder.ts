import type { HistoryItem, Json, JsonObject, Usage } from "../../protocol/index.ts";
import type { ModelEvent, ToolSpec } from "../contract.ts";
import { argumentsText } from "../dialect/arguments.ts";
import { messagesEnd } from "../dialect/ends.ts";
import { disconnected, failureOfEvent, isError } from "../failure.ts";
import { at, countIn, parseJson, string } from "../json.ts";
import { unwrapCall } from "./freeform.ts";
import { REDACTED } from "./messages-request.ts";
import type { Decoder, ResponseEnd } from "./wire.ts";

/** The fields that are read of an event. */
interface WireEvent {
  type?: string;
  index?: number;
  delta?: {
    type?: string;
    text?: string;
    thinking?: string;
    partial_json?: string;
    signature?: string;
    stop_reason?: string;
  };
  content_block?: {
    type?: string;
    text?: string;
    thinking?: string;
    signature?: string;
    id?: string;
    name?: string;
    input?: Json;
    data?: string;
    tool_use_id?: string;
    content?: Json;
  };
  message?: Json;
  usage?: Json;
  error?: Json;
}

/** A block that is being streamed. */
interface Block {
  type: string;
  text: string;
  signature: string;
  id: string;
  name: string;
  /** Input that came whole, as some compatible servers send it. */
  input: Json | undefined;
  data: string;
  /** Of a tool that the server ran: the call that this is the result of, and the result. */
  tool_use_id: string;
  content: Json;
}

/** Decodes https://platform.claude.com/docs/en/build-with-claude/streaming. `now`: ms since 1970, for hints. */
export function createMessagesDecoder(tools: ToolSpec[], now: () => number): Decoder {
  const blocks = new Map<number, Block>();
  /** Searches of the server without a result, by their ids. */
  const searches: Searches = new Map();
  const state = { usage: {} as Record<string, number>, id: null as string | null, stop: "", damaged: false };

  const addUsage = (usage: Json | undefined) => {
    // A gateway that cannot count says 0 at the end; it does not take back what was counted.
    for (const name of COUNTS) state.usage[name] = countIn(at(usage, name)) || (state.usage[name] ?? 0);
  };
  const delta = ({ index = 0, delta }: WireEvent, out: ModelEvent[]) => {
    if (!delta) return;
    const block = blocks.get(index) ?? unannounced(index, delta);
    if (!block) return;
    const text = delta.text ?? delta.thinking;
    block.text += text ?? delta.partial_json ?? "";
    block.signature += delta.signature ?? "";
    if (text) out.push({ type: "delta", kind: delta.thinking ? "reasoning" : "text", key: String(index), delta: text });
  };
  /** Some servers say only by its pieces that a block has begun; a call would be without its name. */
  const unannounced = (index: number, { text, thinking }: NonNullable<WireEvent["delta"]>): Block | null => {
    if (text === undefined && thinking === undefined) return null;
    const block = opened({ type: text === undefined ? "thinking" : "text" });
    blocks.set(index, block);
    return block;
  };
  const stop = (index: number, out: ModelEvent[]) => {
    const block = blocks.get(index);
    blocks.delete(index);
    if (block?.type === "server_tool_use") searches.set(block.id, { key: String(index), block });
    const item = block ? (resultOf(block, searches) ?? itemOf(block, tools)) : null;
    if (item) out.push({ type: "item", key: String(index), item });
  };
  const finished = (out: ModelEvent[]): ResponseEnd => {
    // A call that was not ended is half a call, unless it is what the answer ended for; of a text all has been said.
    for (const [index, { type }] of blocks)
      if (type === "tool_use" && state.stop !== "tool_use")
        return { type: "failed", error: disconnected("the server did not end a call") };
      else stop(index, out);
    const end = messagesEnd(state.stop);
    // A server that pauses in a search goes on with it when it gets it back.
    for (const { key, block } of searches.values()) out.push({ type: "item", key, item: searchItem(block, null) });
    if (end !== "done" && end !== "paused") return { type: "failed", error: end };
    if (state.damaged) return { type: "failed", error: disconnected("the server sent an event that is not JSON") };
    const paused = end === "paused" ? { paused: true as const } : {};
    return { type: "completed", usage: usageOf(state.usage), response_id: state.id, ...paused };
  };

  return {
    terminal: "message_stop",
    usage: () => usageOf(state.usage),
    // Some servers leave out the last event, or send that of the Chat wire.
    finish: (out) => (state.stop ? finished(out) : null),
    event(data, name, out) {
      const event = parseJson(data) as WireEvent | undefined;
      if (event === undefined) {
        if (data === "[DONE]") return state.stop ? finished(out) : null;
        state.damaged = true;
        return null;
      }
      switch (event.type ?? name) {
        case "content_block_delta":
          delta(event, out);
          return null;
        case "content_block_start":
          blocks.set(event.index ?? 0, opened(event.content_block ?? {}));
          if (event.content_block?.type === "tool_use")
            out.push({ type: "calling", name: event.content_block.name ?? "" });
          return null;
        case "content_block_stop":
          stop(event.index ?? 0, out);
          return null;
        case "message_start":
          state.id = string(at(event.message, "id")) ?? null;
          addUsage(at(event.message, "usage"));
          return null;
        case "message_delta":
          state.stop = event.delta?.stop_reason ?? state.stop;
          addUsage(event.usage);
          return null;
        case "message_stop":
          return finished(out);
        case "error":
          return { type: "failed", error: failureOfEvent(event.error ?? (event as Json), now()) };
        default:
          return isError(event) ? { type: "failed", error: failureOfEvent(event as Json, now()) } : null;
      }
    },
  };
}

function opened(block: NonNullable<WireEvent["content_block"]>): Block {
  return {
    type: block.type ?? "",
    text: block.text ?? block.thinking ?? "",
    signature: block.signature ?? "",
    id: block.id ?? "",
    name: block.name ?? "",
    input: block.input,
    data: block.data ?? "",
    tool_use_id: block.tool_use_id ?? "",
    content: block.content ?? null,
  };
}

type Searches = Map<string, { key: string; block: Block }>;

/** A search with its result; null: the block is none. */
function resultOf(block: Block, searches: Searches): HistoryItem | null {
  const search = block.type === "web_search_tool_result" ? searches.get(block.tool_use_id) : undefined;
  if (!search) return null;
  searches.delete(block.tool_use_id);
  return searchItem(search.block, block);
}

function searchItem(search: Block, result: Block | null): HistoryItem {
  const { id, name } = search;
  const input = parseJson(search.text) ?? search.input ?? {};
  const query = string(at(input, "query")) ?? "";
  const called: JsonObject = { type: "server_tool_use", id, name, input };
  const { tool_use_id = id, content = null } = result ?? {};
  return {
    type: "web_search_call",
    id,
    status: result === null ? "in_progress" : Array.isArray(content) ? "completed" : "failed",
    action: { type: "search", query },
    blocks: result === null ? [called] : [called, { type: "web_search_tool_result", tool_use_id, content }],
  };
}

function itemOf(block: Block, tools: ToolSpec[]): HistoryItem | null {
  switch (block.type) {
    case "text":
      if (block.text === "") return null;
      return { type: "message", role: "assistant", content: [{ type: "output_text", text: block.text }] };
    case "thinking":
      return {
        type: "reasoning",
        summary: [{ type: "summary_text", text: block.text }],
        // Servers that imitate this wire do not sign.
        ...(block.signature === "" ? {} : { signature: block.signature }),
      };
    case "redacted_thinking":
      return { type: "reasoning", summary: [], encrypted_content: REDACTED + block.data };
    case "tool_use": {
      const args = block.text || argumentsText(block.input);
      return unwrapCall({ type: "function_call", call_id: block.id, name: block.name, arguments: args }, tools);
    }
    default:
      return null;
  }
}

const COUNTS = ["input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens"];

/** This wire counts the cached tokens beside the input, not in it. */
function usageOf(counts: Record<string, number>): Usage | null {
  if (Object.values(counts).every((value) => value === 0)) return null;
  const of = (name: string) => counts[name] ?? 0;
  const cached_input_tokens = of("cache_read_input_tokens");
  const cache_write_input_tokens = of("cache_creation_input_tokens");
  return {
    input_tokens: of("input_tokens") + cached_input_tokens + cache_write_input_tokens,
    cached_input_tokens,
    cache_write_input_tokens,
    output_tokens: of("output_tokens"),
    reasoning_output_tokens: 0,
  };
}
