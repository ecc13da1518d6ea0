import type { JsonObject } from "../protocol/index.ts";
import { DEFAULT_USAGE, type ServerOutput } from "./output.ts";
import type { End } from "./responses.ts";
import type { SseEvent } from "./script.ts";

/**
 * The events of one response on the Anthropic Messages wire, as
 * https://platform.claude.com/docs/en/build-with-claude/streaming describes them. Freeform calls are tool uses here.
 */
export function messagesEvents(outputs: ServerOutput[], end: End, id = "msg_1"): SseEvent[] {
  const usage = { ...DEFAULT_USAGE, ...(end.type === "completed" ? end.usage : {}) };
  const counted = {
    input_tokens: usage.input - usage.cached,
    cache_read_input_tokens: usage.cached,
    cache_creation_input_tokens: 0,
    output_tokens: 1,
  };
  const message = {
    id,
    type: "message",
    role: "assistant",
    model: "m",
    content: [],
    stop_reason: null,
    usage: counted,
  };
  const events: JsonObject[] = [
    { type: "message_start", message },
    { type: "ping" },
    ...outputs.flatMap(blockEvents),
    ...endEvents(outputs, end, usage.output),
  ];
  return events.map((data) => ({ event: data.type as string, data }));
}

function blockEvents(output: ServerOutput, index: number): JsonObject[] {
  const delta = (fields: JsonObject) => ({ type: "content_block_delta", index, delta: fields });
  return [
    { type: "content_block_start", index, content_block: emptyBlock(output) },
    ...blockDeltas(output).map(delta),
    { type: "content_block_stop", index },
  ];
}

function emptyBlock(output: ServerOutput): JsonObject {
  switch (output.type) {
    case "message":
      return { type: "text", text: "" };
    case "reasoning":
      return { type: "thinking", thinking: "", signature: "" };
    case "function_call":
    case "custom_tool_call":
      return { type: "tool_use", id: output.call_id, name: output.name, input: {} };
  }
}

function blockDeltas(output: ServerOutput): JsonObject[] {
  switch (output.type) {
    case "message":
      return output.deltas.map((text) => ({ type: "text_delta", text }));
    case "reasoning":
      return [
        ...output.deltas.map((thinking) => ({ type: "thinking_delta", thinking })),
        { type: "signature_delta", signature: output.encrypted },
      ];
    case "function_call":
      return output.deltas.map((partial_json) => ({ type: "input_json_delta", partial_json }));
    case "custom_tool_call":
      return [{ type: "input_json_delta", partial_json: JSON.stringify({ input: output.deltas.join("") }) }];
  }
}

function endEvents(outputs: ServerOutput[], end: End, output_tokens: number): JsonObject[] {
  const stop = (stop_reason: string): JsonObject[] => [
    { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage: { output_tokens } },
    { type: "message_stop" },
  ];
  switch (end.type) {
    case "completed":
      return stop(outputs.some(({ type }) => type !== "message" && type !== "reasoning") ? "tool_use" : "end_turn");
    case "incomplete":
      return stop("max_tokens");
    case "failed":
      return [{ type: "error", error: { type: end.code, message: end.message } }];
    case "none":
      return [];
  }
}
