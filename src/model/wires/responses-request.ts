import type { HistoryItem, JsonObject, JsonSchema } from "../../protocol/index.ts";
import { modelInfo } from "../catalog.ts";
import type { ModelRequest, ToolSpec } from "../contract.ts";
import { onceAList, onceAnItem } from "../once.ts";
import { argumentOf, asFunction, wrapInput } from "./freeform.ts";

/**
 * The body of POST /responses. The server keeps nothing (`store: false`), so reasoning travels encrypted and the whole
 * history is sent. The system prompt is `instructions`, not a developer message: every server of this wire knows the
 * field, several local ones refuse the role.
 */
export function responsesBody(request: ModelRequest): JsonObject {
  const traits = modelInfo(request.model);
  const reasoning = reasoningOf(request);
  const text = textOf(request);
  return {
    model: request.model,
    instructions: request.instructions,
    input: inputOf(request, traits.custom_tools) as unknown as JsonObject[],
    tools: [...request.tools.map(traits.custom_tools ? toolOf : functionOf), ...hostedTools(request)],
    tool_choice: "auto",
    parallel_tool_calls: request.parallel_tool_calls,
    ...(reasoning ? { reasoning } : {}),
    store: false,
    stream: true,
    include: traits.reasoning ? ["reasoning.encrypted_content"] : [],
    ...(request.max_output_tokens === null ? {} : { max_output_tokens: request.max_output_tokens }),
    prompt_cache_key: request.cache_key,
    ...(text ? { text } : {}),
    ...(request.service_tier === null ? {} : { service_tier: request.service_tier }),
  };
}

function reasoningOf({ effort, reasoning_summary }: ModelRequest): JsonObject | null {
  const summary = reasoning_summary === "none" ? null : reasoning_summary;
  if (effort === null && summary === null) return null;
  return { ...(effort === null ? {} : { effort }), ...(summary === null ? {} : { summary }) };
}

function textOf({ verbosity, output_schema }: ModelRequest): JsonObject | null {
  if (verbosity === null && output_schema === null) return null;
  return {
    ...(verbosity === null ? {} : { verbosity }),
    ...(output_schema === null ? {} : { format: formatOf(output_schema) }),
  };
}

function formatOf(schema: JsonSchema): JsonObject {
  return { type: "json_schema", strict: true, name: "output_schema", schema };
}

/** https://platform.openai.com/docs/guides/tools-web-search: without `external_web_access` it stays in the index. */
function hostedTools({ web_search }: ModelRequest): JsonObject[] {
  return web_search === null ? [] : [{ type: "web_search", external_web_access: web_search === "live" }];
}

const toolOf = onceAnItem((tool: ToolSpec): JsonObject => {
  if (tool.type === "function") return functionOf(tool);
  const { name, description, format } = tool;
  return { type: "custom", name, description, format: { ...format } };
});

const functionOf = onceAnItem((tool: ToolSpec): JsonObject => {
  const { name, description, parameters } = asFunction(tool);
  return { type: "function", name, description, parameters, strict: false };
});

function inputOf({ input, tools }: ModelRequest, custom: boolean): HistoryItem[] {
  return replayed(input, `${custom} ${tools.map(({ name }) => name).join()}`, { tools, custom });
}

const replayed = onceAList<HistoryItem, HistoryItem[], { tools: ToolSpec[]; custom: boolean }>(
  () => [],
  (items, item, { tools, custom }) => items.push(...replay(item, tools, custom)),
);

/** An item as it goes back to the server: the same object where nothing must change, so that no byte does. */
function replay(item: HistoryItem, tools: ToolSpec[], custom: boolean): HistoryItem[] {
  switch (item.type) {
    case "reasoning":
      return reasoningItem(item);
    case "function_call":
      return (item.extra_content ?? item.provider_specific_fields) === undefined ? [item] : bareCall(item);
    case "custom_tool_call": {
      if (custom) return [item];
      const { call_id, name, input } = item;
      return [{ type: "function_call", call_id, name, arguments: wrapInput(input, argumentOf(tools, name)) }];
    }
    case "web_search_call":
      // Another wire's own words.
      return item.blocks === undefined ? [item] : [];
    case "custom_tool_call_output":
      return custom ? [item] : [{ type: "function_call_output", call_id: item.call_id, output: item.output }];
    default:
      return [item];
  }
}

type Reasoning = Extract<HistoryItem, { type: "reasoning" }>;
type Call = Extract<HistoryItem, { type: "function_call" }>;

const reasoningItem = onceAnItem((item: Reasoning): HistoryItem[] => {
  const { signature: _, provider: __, field: ___, details: ____, extra_content: ______, ...rest } = item;
  if (item.encrypted_content) return [rest];
  // Servers that encrypt nothing take the text; without either it would only be an unknown id.
  if (!item.content?.length) return [];
  const { id: _____, ...text } = rest;
  return [text];
});

const bareCall = onceAnItem(
  ({ extra_content: _, provider_specific_fields: __, provider: ___, ...rest }: Call): HistoryItem[] => [rest],
);
