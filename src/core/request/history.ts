import type { ContentPart, HistoryItem, ToolCallItem } from "../../protocol/index.ts";

/** Told to the model for a call whose run was cut off. */
const NEVER_ANSWERED = "interrupted: the call was not run to its end, and its effects are unknown";

/** An item that we have to run. */
export function isCall(item: HistoryItem): item is ToolCallItem {
  return item.type === "function_call" || item.type === "custom_tool_call";
}

/** What the model wrote for the tool. */
export function callText(call: ToolCallItem): string {
  return call.type === "function_call" ? call.arguments : call.input;
}

/** The server that the called tool belongs to; null: one of moat's own. */
export function namespaceOf(call: ToolCallItem): string | null {
  return (call.type === "function_call" && call.namespace) || null;
}

/** An item that answers a call. */
export function isOutput(item: HistoryItem): item is Extract<HistoryItem, { type: `${string}_output` }> {
  return item.type === "function_call_output" || item.type === "custom_tool_call_output";
}

/** The output item that answers a call, of the kind that the call's own kind asks for. Only functions return images. */
export function outputFor(call: ToolCallItem, output: string, images: ContentPart[] = []): HistoryItem {
  const { call_id } = call;
  if (call.type === "custom_tool_call") return { type: "custom_tool_call_output", call_id, output };
  const whole = images.length > 0 ? [{ type: "input_text" as const, text: output }, ...images] : output;
  return { type: "function_call_output", call_id, output: whole };
}

/** The output that a call gets when its run was cut off by an interrupt or the end of the process. */
export function interruptedOutput(call: ToolCallItem): HistoryItem {
  return outputFor(call, NEVER_ANSWERED);
}
