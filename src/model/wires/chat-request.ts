import type {
  ContentPart,
  FunctionCallItem,
  HistoryItem,
  Json,
  JsonObject,
  MessageItem,
  ReasoningHistoryItem,
} from "../../protocol/index.ts";
import type { ModelRequest, ToolSpec } from "../contract.ts";
import { argumentOf, asFunction, wrapInput } from "./freeform.ts";
import { leadingPrompt, leadingText, textOfPart } from "./leading.ts";

/** What the servers of this wire do not all take; what else they refuse is learned (dialect/adjust.ts). */
export interface ChatQuirks {
  /** Takes `stream_options`; Mistral refuses it, and sends the usage unasked. */
  stream_options: boolean;
  /** Takes `prompt_cache_key`; other servers cache by the prefix alone and some refuse unknown fields. */
  cache_key: boolean;
  /** How the most tokens of an answer are named: OpenAI's newer models refuse the name that all other servers know. */
  output_limit: "max_tokens" | "max_completion_tokens";
}

/** What the server at this address takes. */
export function quirksOf(base_url: string): ChatQuirks {
  const { hostname } = new URL(base_url);
  const openai = hostname === "api.openai.com";
  const newer = openai || hostname.endsWith(".azure.com");
  return {
    stream_options: hostname !== "api.mistral.ai",
    cache_key: openai,
    output_limit: newer ? "max_completion_tokens" : "max_tokens",
  };
}

/** The body of POST /chat/completions. A field is sent only where it says something, because strict servers refuse many. */
export function chatBody(request: ModelRequest, quirks: ChatQuirks): JsonObject {
  const { system, rest } = leadingPrompt(request);
  const tools = request.tools.map((tool) => ({ type: "function", function: asFunction(tool) }));
  return {
    model: request.model,
    messages: [{ role: "system", content: system }, ...messagesOf(rest, request.tools)],
    ...(tools.length > 0 ? { tools } : {}),
    ...(tools.length > 0 && !request.parallel_tool_calls ? { parallel_tool_calls: false } : {}),
    ...(request.effort === null ? {} : { reasoning_effort: request.effort }),
    ...(request.verbosity === null ? {} : { verbosity: request.verbosity }),
    ...(request.service_tier === null ? {} : { service_tier: request.service_tier }),
    ...(request.output_schema === null ? {} : { response_format: formatOf(request.output_schema) }),
    ...(request.max_output_tokens === null ? {} : { [quirks.output_limit]: request.max_output_tokens }),
    ...(quirks.cache_key ? { prompt_cache_key: request.cache_key } : {}),
    stream: true,
    ...(quirks.stream_options ? { stream_options: { include_usage: true } } : {}),
  };
}

function formatOf(schema: JsonObject): JsonObject {
  return { type: "json_schema", json_schema: { name: "output_schema", strict: true, schema } };
}

type AssistantMessage = {
  role: "assistant";
  content: string | null;
  tool_calls?: JsonObject[];
  reasoning_content?: string;
  reasoning?: string;
  reasoning_details?: JsonObject[];
  thinking_blocks?: JsonObject[];
  extra_content?: JsonObject;
};

/**
 * Items as messages. What the model said in a row (reasoning, text, calls) is one assistant message; images in tool
 * outputs follow as a user message, because a tool message holds text only.
 */
function messagesOf(items: HistoryItem[], tools: ToolSpec[]): JsonObject[] {
  const messages: JsonObject[] = [];
  let open: AssistantMessage | null = null;
  let images: ContentPart[] = [];
  const assistant = (): AssistantMessage => {
    flushImages();
    if (!open) {
      open = { role: "assistant", content: null };
      messages.push(open as JsonObject);
    }
    return open;
  };
  const flushImages = () => {
    if (images.length === 0) return;
    messages.push({ role: "user", content: [IMAGES_FOLLOW, ...images].map(partOf) });
    images = [];
  };
  const addCall = (call: FunctionCallItem) => {
    const message = assistant();
    message.tool_calls = [...(message.tool_calls ?? []), callOf(call)];
  };
  for (const item of items) {
    switch (item.type) {
      case "message":
        if (item.role === "assistant") {
          const message = assistant();
          message.content = (message.content ?? "") + leadingText(item.content);
        } else {
          flushImages();
          open = null;
          messages.push(inputMessage(item));
        }
        break;
      case "reasoning":
        addReasoning(item, assistant);
        break;
      case "function_call":
        addCall(item);
        break;
      case "custom_tool_call":
        addCall({ ...item, type: "function_call", arguments: wrapInput(item.input, argumentOf(tools, item.name)) });
        break;
      case "function_call_output":
      case "custom_tool_call_output":
        open = null;
        messages.push({ role: "tool", tool_call_id: item.call_id, content: leadingText(item.output) });
        if (typeof item.output !== "string") images.push(...item.output.filter((part) => part.type === "input_image"));
        break;
      case "web_search_call":
        break;
    }
  }
  flushImages();
  return inStrictOrder(messages.filter((message) => !saysNothing(message)));
}

/** Reasoning goes back in the form in which it came: other servers refuse the fields. */
function addReasoning(item: ReasoningHistoryItem, assistant: () => AssistantMessage): void {
  const { details, field, summary, content, extra_content } = item;
  if (extra_content) assistant().extra_content = extra_content;
  if (details) assistant()[field === "thinking_blocks" ? field : "reasoning_details"] = details;
  else if (field && field !== "thinking_blocks") assistant()[field] = summary.map(({ text }) => text).join("");
  else if (content) assistant().reasoning_content = content.map(({ text }) => text).join("");
}

/** The model thought and then said nothing, or what it said was of no use: no server wants such a message. */
function saysNothing({ role, content, tool_calls }: JsonObject): boolean {
  return role === "assistant" && (content === null || content === "") && tool_calls === undefined;
}

/** Between a tool's output and the words of the user, for templates that want an answer there. */
const BETWEEN = "The user goes on:";

/**
 * Roles in the order that the strictest chat templates accept (Mistral's, Gemma's): user and assistant take turns, and what a
 * tool returned is answered before the user speaks.
 */
function inStrictOrder(messages: JsonObject[]): JsonObject[] {
  const ordered: JsonObject[] = [];
  for (const message of messages) {
    const last = ordered.at(-1);
    if (message.role === "user" && last?.role === "tool") ordered.push({ role: "assistant", content: BETWEEN });
    if (message.role === "user" && last?.role === "user") ordered[ordered.length - 1] = joined(last, message);
    else ordered.push(message);
  }
  return ordered;
}

function joined(first: JsonObject, second: JsonObject): JsonObject {
  const [a = "", b = ""] = [first.content, second.content];
  if (typeof a === "string" && typeof b === "string") return { role: "user", content: `${a}\n\n${b}` };
  return { role: "user", content: [...partsOf(a), ...partsOf(b)] };
}

function partsOf(content: Json): Json[] {
  return Array.isArray(content) ? content : [{ type: "text", text: String(content) }];
}

const IMAGES_FOLLOW: ContentPart = { type: "input_text", text: "The images that the tools returned:" };

function callOf(call: FunctionCallItem): JsonObject {
  const { call_id, name, arguments: args, extra_content, provider_specific_fields } = call;
  const extra = {
    ...(extra_content ? { extra_content } : {}),
    ...(provider_specific_fields ? { provider_specific_fields } : {}),
  };
  return { id: call_id, type: "function", function: { name, arguments: args }, ...extra };
}

/** A message of the user. Later developer messages are the user's too: many templates take a system message only first. */
function inputMessage({ content }: MessageItem): JsonObject {
  const images = content.some((part) => part.type === "input_image");
  return { role: "user", content: images ? content.map(partOf) : leadingText(content) };
}

function partOf(part: ContentPart): JsonObject {
  if (part.type !== "input_image") return { type: "text", text: textOfPart(part) };
  // `original` is a word of the Responses wire only.
  const detail = part.detail === "original" ? "high" : part.detail;
  return { type: "image_url", image_url: { url: part.image_url, ...(detail ? { detail } : {}) } };
}
