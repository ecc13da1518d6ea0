import type { Json, JsonObject } from "../protocol/index.ts";
import { DEFAULT_USAGE, type ScriptedUsage, type ServerOutput } from "./output.ts";
import type { End } from "./responses.ts";
import type { SseEvent } from "./script.ts";

/**
 * The events of one response on the Chat Completions wire, as
 * https://platform.openai.com/docs/api-reference/chat-streaming describes them. Freeform calls are function calls here.
 */
export function chatEvents(outputs: ServerOutput[], end: End, id = "chatcmpl-1"): SseEvent[] {
  const chunk = (choice: JsonObject | null, more: JsonObject = {}): SseEvent => ({
    data: { id, object: "chat.completion.chunk", created: 0, model: "m", choices: choice ? [choice] : [], ...more },
  });
  const delta = (fields: JsonObject) => chunk({ index: 0, delta: fields, finish_reason: null });
  const calls = outputs.filter((output) => output.type === "function_call" || output.type === "custom_tool_call");
  const body = outputs.flatMap((output) => outputDeltas(output, calls.indexOf(output as never)));
  const events = [delta({ role: "assistant", content: "" }), ...body.map(delta)];
  switch (end.type) {
    case "completed":
      return [
        ...events,
        chunk({ index: 0, delta: {}, finish_reason: calls.length > 0 ? "tool_calls" : "stop" }),
        chunk(null, { usage: usageOf({ ...DEFAULT_USAGE, ...end.usage }) }),
        { data: "[DONE]" },
      ];
    case "incomplete":
      return [...events, chunk({ index: 0, delta: {}, finish_reason: "length" }), { data: "[DONE]" }];
    case "failed":
      return [...events, { data: { error: { code: end.code, message: end.message } } }];
    case "none":
      return events;
  }
}

function outputDeltas(output: ServerOutput, index: number): JsonObject[] {
  switch (output.type) {
    case "message":
      return output.deltas.map((content) => ({ content }));
    case "reasoning":
      return output.deltas.map((reasoning_content) => ({ reasoning_content }));
    case "function_call":
      return callDeltas(output.name, output.call_id, index, output.deltas);
    case "custom_tool_call": {
      const wrapped = JSON.stringify({ input: output.deltas.join("") });
      return callDeltas(output.name, output.call_id, index, [wrapped]);
    }
  }
}

function callDeltas(name: string, id: string, index: number, pieces: string[]): JsonObject[] {
  const first: Json = { index, id, type: "function", function: { name, arguments: "" } };
  return [first, ...pieces.map((piece) => ({ index, function: { arguments: piece } }))].map((one) => ({
    tool_calls: [one],
  }));
}

function usageOf({ input, cached, output, reasoning }: ScriptedUsage): JsonObject {
  return {
    prompt_tokens: input,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens: output,
    completion_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}
