import type { ContentPart, HistoryItem, Json, JsonObject, ReasoningHistoryItem } from "../../protocol/index.ts";
import type { ModelRequest, ToolSpec } from "../contract.ts";
import { inWords } from "../dialect/adjust.ts";
import { argumentsObject } from "../dialect/arguments.ts";
import { withPlainId } from "../dialect/replay.ts";
import { argumentOf, asFunction } from "./freeform.ts";
import { leadingPrompt, textOfPart } from "./leading.ts";
import { isClaude, maxTokensOf, thinkingOf } from "./messages-thinking.ts";

/** Where the prompt cache ends: everything up to the marked block is kept for the next request. */
const CACHE = { type: "ephemeral" };

/** The search that the provider hosts: https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool */
const WEB_SEARCH = { type: "web_search_20250305", name: "web_search" };

/**
 * The body of POST /v1/messages. The mark at the top lets the server cache up to the last block by itself, so that no
 * message ever changes once it was sent; the one at the system prompt is shared by all threads.
 */
export function messagesBody(request: ModelRequest): JsonObject {
  const { system, rest } = leadingPrompt(request);
  const own = request.tools.map((tool) => {
    const { name, description, parameters } = asFunction(tool);
    return { name, description, input_schema: parameters };
  });
  const tools: JsonObject[] = request.web_search === null ? own : [...own, WEB_SEARCH];
  return {
    model: request.model,
    max_tokens: maxTokensOf(request),
    system: [{ type: "text", text: systemOf(system, request), cache_control: CACHE }],
    messages: messagesOf(isClaude(request.model) ? rest.map(withPlainId) : rest, request.tools),
    ...(tools.length > 0
      ? {
          tools,
          tool_choice: { type: "auto", ...(request.parallel_tool_calls ? {} : { disable_parallel_tool_use: true }) },
        }
      : {}),
    ...thinkingOf(request),
    ...(isClaude(request.model) ? { cache_control: CACHE } : {}),
    stream: true,
  };
}

/** Models that are not Claude know no field for the schema of an answer. */
function systemOf(system: string, { model, output_schema }: ModelRequest): string {
  return output_schema === null || isClaude(model) ? system : `${system}\n\n${inWords(output_schema)}`;
}

/** Items as messages; what one side says in a row is one message, as the API wants results of parallel calls. */
function messagesOf(items: HistoryItem[], tools: ToolSpec[]): JsonObject[] {
  const messages: { role: "user" | "assistant"; content: JsonObject[] }[] = [];
  for (const item of items) {
    const [role, blocks] = blocksOf(item, tools);
    if (blocks.length === 0) continue;
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else messages.push({ role, content: blocks });
  }
  return messages as unknown as JsonObject[];
}

function blocksOf(item: HistoryItem, tools: ToolSpec[]): ["user" | "assistant", JsonObject[]] {
  switch (item.type) {
    case "message":
      return [item.role === "assistant" ? "assistant" : "user", partsOf(item.content)];
    case "reasoning":
      return ["assistant", thinkingBlocks(item)];
    case "function_call":
      return ["assistant", [toolUse(item.call_id, item.name, inputOf(item.arguments))]];
    case "custom_tool_call":
      return ["assistant", [toolUse(item.call_id, item.name, { [argumentOf(tools, item.name)]: item.input })]];
    case "function_call_output":
    case "custom_tool_call_output":
      return ["user", [{ type: "tool_result", tool_use_id: item.call_id, content: resultOf(item.output) }]];
    case "web_search_call":
      return ["assistant", item.blocks ?? []];
  }
}

/** Thinking goes back as it came, with its signature where it has one; what another wire encrypted means nothing here. */
function thinkingBlocks({ summary, encrypted_content, signature, provider }: ReasoningHistoryItem): JsonObject[] {
  const thinking = summary.map(({ text }) => text).join("");
  if (signature) return [{ type: "thinking", thinking, signature }];
  if (encrypted_content?.startsWith(REDACTED)) {
    return [{ type: "redacted_thinking", data: encrypted_content.slice(REDACTED.length) }];
  }
  if (provider && !encrypted_content && thinking !== "") return [{ type: "thinking", thinking }];
  return [];
}

/** Marks thinking that this wire sent in a form that only it can read, apart from OpenAI's encrypted reasoning. */
export const REDACTED = "redacted_thinking:";

function toolUse(id: string, name: string, input: JsonObject): JsonObject {
  return { type: "tool_use", id, name, input };
}

/** The wire wants an object. Arguments that are none were answered with an error, and are shown to the model as they were. */
const inputOf = (text: string): JsonObject => argumentsObject(text) ?? { malformed_arguments: text };

function resultOf(output: string | ContentPart[]): Json {
  return typeof output === "string" ? output : partsOf(output);
}

/** The API refuses text blocks without a visible character. */
function partsOf(parts: ContentPart[]): JsonObject[] {
  return parts.map(partOf).filter((block) => block.type !== "text" || String(block.text).trim() !== "");
}

function partOf(part: ContentPart): JsonObject {
  if (part.type !== "input_image") return { type: "text", text: textOfPart(part) };
  const inline = /^data:([^;,]+);base64,(.*)$/s.exec(part.image_url);
  const source = inline
    ? { type: "base64", media_type: inline[1] ?? "", data: inline[2] ?? "" }
    : { type: "url", url: part.image_url };
  return { type: "image", source };
}
