import type { ModelClient, ModelRequest } from "../../model/index.ts";
import {
  addUsage,
  type Failure,
  type HistoryItem,
  NO_USAGE,
  type ServerLimits,
  type Usage,
} from "../../protocol/index.ts";
import type { ItemBody } from "../../tools/index.ts";
import { itemOf, type StreamEmitter } from "../emitter.ts";
import type { Part } from "../state.ts";

/** What one request came to. Nothing of a response that did not complete is in it but the tokens that it wasted. */
export type ResponseResult = (
  | { ok: true; items: HistoryItem[]; usage: Usage | null; paused: boolean }
  | { ok: false; error: Failure }
) & {
  wasted: Usage;
  /** What is known of the server now, when something was learned. */
  learned: ServerLimits | null;
};

/** Where a response is shown. */
export type ResponseSink = StreamEmitter & Partial<Part<"expectCall">>;

/**
 * Streams one response. Deltas are shown as they come; items are kept back until the response is complete, so that a
 * response that breaks off leaves nothing behind but a `stream.reset` for what was shown of it.
 */
export async function readResponse(
  client: ModelClient,
  request: ModelRequest,
  sink: ResponseSink,
  signal: AbortSignal,
): Promise<ResponseResult> {
  let items: { key: string; item: HistoryItem }[] = [];
  const ids = new Map<string, string>();
  const idOf = (key: string) => {
    const id = ids.get(key) ?? sink.newItemId();
    ids.set(key, id);
    return id;
  };
  let wasted = NO_USAGE;
  let learned: ServerLimits | null = null;
  const reset = (usage: Usage | null) => {
    if (ids.size > 0 || usage) sink.emit({ type: "stream.reset", item_ids: [...ids.values()], usage });
    if (usage) wasted = addUsage(wasted, usage);
    ids.clear();
    items = [];
  };
  for await (const batch of client.stream(request, signal)) {
    for (const event of batch) {
      if (event.type === "delta") {
        sink.emitDelta(idOf(event.key), event.kind === "text" ? "agent_message" : "reasoning", event.delta);
      } else if (event.type === "item") {
        items.push({ key: event.key, item: event.item });
      } else if (event.type === "calling") {
        sink.expectCall?.(event.name);
      } else if (event.type === "reset") {
        reset(event.usage);
      } else if (event.type === "retrying") {
        const { attempt, max, delay_ms, error } = event;
        sink.emit({ type: "stream.retrying", attempt, max, delay_ms, error });
      } else if (event.type === "adjusted") {
        sink.emit({ type: "error", message: event.message });
        learned = event.limits;
      } else if (event.type === "completed") {
        for (const { key, item } of items) {
          const body = shownItem(item);
          if (body) sink.emit({ type: "item.completed", item: itemOf(idOf(key), body) });
        }
        return {
          ok: true,
          items: items.map(({ item }) => item),
          usage: event.usage,
          wasted,
          learned,
          paused: event.paused === true,
        };
      } else {
        reset(null);
        return { ok: false, error: event.error, wasted, learned };
      }
    }
    const full = sink.ready();
    if (full) await full;
  }
  const message = "the model client ended without a last event";
  return { ok: false, error: { kind: "internal", message, retryable: false }, wasted, learned };
}

/** The visible form of what the model said; null for what has a form of its own once it runs, or none. */
function shownItem(item: HistoryItem): ItemBody | null {
  switch (item.type) {
    case "message":
      return { type: "agent_message", text: textOf(item.content) };
    case "reasoning": {
      const text = item.summary.map((part) => part.text).join("\n\n");
      return text ? { type: "reasoning", text } : null;
    }
    case "web_search_call": {
      const { query } = (item.action ?? {}) as { query?: unknown };
      const action = (item.action ?? null) as never;
      return { type: "web_search", query: typeof query === "string" ? query : "", action };
    }
    case "function_call":
    case "custom_tool_call":
    case "function_call_output":
    case "custom_tool_call_output":
      return null;
  }
}

function textOf(content: Extract<HistoryItem, { type: "message" }>["content"]): string {
  return content
    .map((part) => (part.type === "output_text" ? part.text : part.type === "refusal" ? part.refusal : ""))
    .join("");
}
