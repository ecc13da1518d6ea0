import type { Failure, Json, Usage } from "../../protocol/index.ts";
import type { ModelEvent, ToolSpec } from "../contract.ts";
import { incomplete, responsesEnd } from "../dialect/ends.ts";
import { disconnected, failureOfEvent, isError } from "../failure.ts";
import { at, countIn, parseJson, string } from "../json.ts";
import { createItemCollector, thoughtKey } from "./response-items.ts";
import type { Decoder, ResponseEnd } from "./wire.ts";

/** The fields that the hot path reads of an event. */
interface WireEvent {
  type?: string;
  delta?: string;
  text?: string;
  output_index?: number;
  item_id?: string;
  summary_index?: number;
  item?: Json;
  response?: Json;
  error?: Json;
}

/** Decodes https://platform.openai.com/docs/api-reference/responses-streaming. `now`: ms since 1970, for hints. */
export function createResponsesDecoder(tools: ToolSpec[], now: () => number): Decoder {
  const items = createItemCollector(tools);
  let damaged = false;
  let counted: Usage | null = null;
  let key = "";

  /** Text comes in many deltas of one item: its key stays the very same string, which costs nothing to look up. */
  const textKey = ({ item_id, output_index }: WireEvent) => {
    const own = item_id || String(output_index ?? 0);
    if (own !== key) key = own;
    return key;
  };

  /** The last event carries the whole output again: what was lost on the way is taken from there. */
  const complete = (response: Json | undefined, out: ModelEvent[]): ResponseEnd => {
    counted = usageOf(at(response, "usage"));
    const output = at(response, "output");
    items.finish(Array.isArray(output) ? output : [], out);
    const status = string(at(response, "status"));
    if (status === "incomplete") return { type: "failed", error: cut(response) };
    const end = responsesEnd(status);
    if (end !== "done") return { type: "failed", error: end === "paused" ? disconnected("the server paused") : end };
    if (damaged && items.count === 0)
      return { type: "failed", error: disconnected("the server sent an event that is not JSON") };
    return { type: "completed", usage: counted, response_id: string(at(response, "id")) ?? null };
  };

  return {
    terminal: "response.completed",
    usage: () => counted,
    finish: () => null,
    event(data, name, out) {
      const event = parseJson(data) as WireEvent | undefined;
      if (event === undefined) {
        damaged ||= data !== "[DONE]" && !name?.endsWith(".delta");
        return null;
      }
      const type = event?.type ?? name ?? "";
      if (type.endsWith(".delta")) {
        const kind = DELTAS[type];
        if (kind && event.delta)
          out.push({
            type: "delta",
            kind,
            key: kind === "text" ? textKey(event) : thoughtKey(keyOf(event)),
            delta: event.delta,
          });
        return null;
      }
      switch (type) {
        case "response.output_item.added":
          if (at(event.item, "type") === "function_call")
            out.push({ type: "calling", name: string(at(event.item, "name")) ?? "" });
          return null;
        case "response.output_item.done":
          if (event.item) items.add(event.item, keyOf(event), out);
          return null;
        case "response.reasoning_summary_part.added":
          // Paragraphs of a summary come as parts of their own.
          if (event.summary_index)
            out.push({ type: "delta", kind: "reasoning", key: thoughtKey(keyOf(event)), delta: "\n\n" });
          return null;
        case "response.output_text.done":
          if (event.text) items.addText(event.text, keyOf(event));
          return null;
        case "response.completed":
        case "response.done":
          return complete(event.response, out);
        case "response.failed":
          counted = usageOf(at(event.response, "usage"));
          return { type: "failed", error: failureOfEvent(at(event.response, "error"), now()) };
        case "response.incomplete":
          counted = usageOf(at(event.response, "usage"));
          return { type: "failed", error: cut(event.response) };
        case "error":
          return { type: "failed", error: failureOfEvent(event as Json, now()) };
        default:
          return isError(event) ? { type: "failed", error: failureOfEvent(event as Json, now()) } : null;
      }
    },
  };
}

const DELTAS: Record<string, "text" | "reasoning"> = {
  "response.output_text.delta": "text",
  "response.refusal.delta": "text",
  "response.reasoning_summary_text.delta": "reasoning",
  "response.reasoning_text.delta": "reasoning",
};

/** Deltas and items of one output share the item's id. Its index counts only without one: some servers give all items 0. */
function keyOf({ output_index, item_id, item }: WireEvent): string {
  return item_id || string(at(item, "id")) || String(output_index ?? 0);
}

function cut(response: Json | undefined): Failure {
  return incomplete(string(at(at(response, "incomplete_details"), "reason")) ?? "unknown");
}

/** null for zeros: gateways that cannot count send them. */
function usageOf(usage: Json | undefined): Usage | null {
  const [input_tokens, output_tokens] = [countIn(at(usage, "input_tokens")), countIn(at(usage, "output_tokens"))];
  if (input_tokens + output_tokens === 0) return null;
  const input = at(usage, "input_tokens_details");
  return {
    input_tokens,
    cached_input_tokens: countIn(at(input, "cached_tokens")),
    cache_write_input_tokens: countIn(at(input, "cache_write_tokens")),
    output_tokens,
    reasoning_output_tokens: countIn(at(at(usage, "output_tokens_details"), "reasoning_tokens")),
  };
}
