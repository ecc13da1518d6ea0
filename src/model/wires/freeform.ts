import type { CustomToolCallItem, FunctionCallItem, JsonSchema } from "../../protocol/index.ts";
import type { ToolSpec } from "../contract.ts";
import { at, parseJson, string } from "../json.ts";

// A freeform tool on a wire (or for a model) that has none is offered as a function with one string argument. The
// translation is done here in both directions, so that everything above the wires sees one kind of call.

/** Name of the argument for a freeform tool that is not on offer any more but still in the history. */
const DEFAULT_ARGUMENT = "input";

/** A tool as a function. */
export function asFunction(tool: ToolSpec): { name: string; description: string; parameters: JsonSchema } {
  const { name, description } = tool;
  if (tool.type === "function") return { name, description, parameters: tool.parameters };
  const { fallback_argument } = tool;
  const properties = { [fallback_argument]: { type: "string" } };
  const parameters = { type: "object", properties, required: [fallback_argument], additionalProperties: false };
  return { name, description, parameters };
}

/** The argument that carries the text of a freeform tool; null when `name` is not one of those on offer. */
export function freeformArgument(tools: ToolSpec[], name: string): string | null {
  const tool = tools.find((one) => one.name === name);
  return tool?.type === "custom" ? tool.fallback_argument : null;
}

/** Like `freeformArgument`, for calls in the history, which have to be written whatever is on offer now. */
export function argumentOf(tools: ToolSpec[], name: string): string {
  return freeformArgument(tools, name) ?? DEFAULT_ARGUMENT;
}

/** The arguments of the function call that stands for a freeform call. */
export function wrapInput(input: string, argument: string): string {
  return JSON.stringify({ [argument]: input });
}

/** A function call as it is handed up: a call of a freeform tool again when it was one that we offered as a function. */
export function unwrapCall(call: FunctionCallItem, tools: ToolSpec[]): FunctionCallItem | CustomToolCallItem {
  const argument = freeformArgument(tools, call.name);
  if (argument === null) return call;
  // Models sometimes write the bare text where JSON was asked for; it is what we want all the same.
  const input = string(at(parseJson(call.arguments), argument)) ?? call.arguments;
  return { type: "custom_tool_call", call_id: call.call_id, name: call.name, input };
}
