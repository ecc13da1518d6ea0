import type { JsonObject } from "../protocol/index.ts";
import { DEFAULT_USAGE, type ScriptedUsage, type ServerOutput } from "./output.ts";
import type { SseEvent } from "./script.ts";

/** How a scripted response ends. */
export type End =
  | { type: "completed"; usage?: Partial<ScriptedUsage> }
  | { type: "failed"; code: string; message: string }
  | { type: "incomplete"; reason: string }
  /** The stream just stops after the outputs. */
  | { type: "none" };

/** The events of one response on the Responses wire that completes. */
export function respond(...outputs: ServerOutput[]): SseEvent[] {
  return responseEvents(outputs, { type: "completed" });
}

/**
 * The events of one response on the Responses wire, as https://platform.openai.com/docs/api-reference/responses-streaming
 * describes them: for each output `output_item.added`, its deltas and `.done` events, `output_item.done`; then the end.
 */
export function responseEvents(outputs: ServerOutput[], end: End, id = "resp_1"): SseEvent[] {
  const head = { id, object: "response", status: "in_progress", output: [] };
  const events: JsonObject[] = [
    { type: "response.created", response: head },
    { type: "response.in_progress", response: head },
    ...outputs.flatMap((output, index) => outputEvents(output, index, id)),
    ...endEvents(outputs, end, id),
  ];
  return events.map((event, sequence_number) => ({
    event: event.type as string,
    data: { ...event, sequence_number },
  }));
}

function outputEvents(output: ServerOutput, output_index: number, id: string): JsonObject[] {
  const item = finishedItem(output, output_index, id);
  const item_id = item.id as string;
  const at = { item_id, output_index };
  return [
    { type: "response.output_item.added", output_index, item: { ...item, ...emptied(output), status: "in_progress" } },
    ...bodyEvents(output, at),
    { type: "response.output_item.done", output_index, item },
  ];
}

function bodyEvents(output: ServerOutput, at: { item_id: string; output_index: number }): JsonObject[] {
  const text = output.deltas.join("");
  const stream = (name: string, more: JsonObject) =>
    output.deltas.map((delta) => ({ type: `response.${name}.delta`, ...at, ...more, delta }));
  switch (output.type) {
    case "message": {
      const part = { ...at, content_index: 0 };
      const [empty, full] = ["", text].map((t) => ({ type: "output_text", text: t, annotations: [] }));
      return [
        { type: "response.content_part.added", ...part, part: empty ?? null },
        ...stream("output_text", { content_index: 0 }),
        { type: "response.output_text.done", ...part, text },
        { type: "response.content_part.done", ...part, part: full ?? null },
      ];
    }
    case "reasoning": {
      const part = { ...at, summary_index: 0 };
      return [
        { type: "response.reasoning_summary_part.added", ...part, part: { type: "summary_text", text: "" } },
        ...stream("reasoning_summary_text", { summary_index: 0 }),
        { type: "response.reasoning_summary_text.done", ...part, text },
        { type: "response.reasoning_summary_part.done", ...part, part: { type: "summary_text", text } },
      ];
    }
    case "function_call":
      return [
        ...stream("function_call_arguments", {}),
        { type: "response.function_call_arguments.done", ...at, arguments: text },
      ];
    case "custom_tool_call":
      return [
        ...stream("custom_tool_call_input", {}),
        { type: "response.custom_tool_call_input.done", ...at, input: text },
      ];
  }
}

/** The item as `output_item.done` and `response.completed` carry it. */
function finishedItem(output: ServerOutput, index: number, id: string): JsonObject {
  const text = output.deltas.join("");
  const status = "completed";
  switch (output.type) {
    case "message": {
      const content = [{ type: "output_text", text, annotations: [] }];
      const phase = output.phase === undefined ? {} : { phase: output.phase };
      return { id: `msg_${id}_${index}`, type: "message", role: "assistant", status, content, ...phase };
    }
    case "reasoning": {
      const summary = [{ type: "summary_text", text }];
      return { id: `rs_${id}_${index}`, type: "reasoning", summary, encrypted_content: output.encrypted };
    }
    case "function_call": {
      const { name, call_id, namespace } = output;
      const own = namespace === undefined ? {} : { namespace };
      return { id: `fc_${id}_${index}`, type: "function_call", status, name, ...own, call_id, arguments: text };
    }
    case "custom_tool_call": {
      const { name, call_id } = output;
      return { id: `ctc_${id}_${index}`, type: "custom_tool_call", status, name, call_id, input: text };
    }
  }
}

function emptied(output: ServerOutput): JsonObject {
  switch (output.type) {
    case "message":
      return { content: [] };
    case "reasoning":
      return { summary: [], encrypted_content: null };
    case "function_call":
      return { arguments: "" };
    case "custom_tool_call":
      return { input: "" };
  }
}

function endEvents(outputs: ServerOutput[], end: End, id: string): JsonObject[] {
  const base = { id, object: "response", error: null, incomplete_details: null };
  const output = outputs.map((one, index) => finishedItem(one, index, id));
  switch (end.type) {
    case "completed":
      return [
        {
          type: "response.completed",
          response: { ...base, status: "completed", output, usage: usageOf({ ...DEFAULT_USAGE, ...end.usage }) },
        },
      ];
    case "failed": {
      const error = { code: end.code, message: end.message };
      return [{ type: "response.failed", response: { ...base, status: "failed", output, error, usage: null } }];
    }
    case "incomplete": {
      const incomplete_details = { reason: end.reason };
      return [
        {
          type: "response.incomplete",
          response: { ...base, status: "incomplete", output, incomplete_details, usage: usageOf(DEFAULT_USAGE) },
        },
      ];
    }
    case "none":
      return [];
  }
}

function usageOf({ input, cached, output, reasoning }: ScriptedUsage): JsonObject {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}
