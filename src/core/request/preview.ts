import type { ModelRequest } from "../../model/index.ts";
import type { HistoryItem, InputPart } from "../../protocol/index.ts";
import type { Part } from "../state.ts";
import { readInputParts } from "./input.ts";
import { isEnvironment, openingItems } from "./instructions.ts";
import { buildRequest, contextLimit, contextWindow, infoOf } from "./request.ts";
import { itemTokens, textTokens } from "./tokens.ts";

/** One part of what the model gets. */
export interface PromptPart {
  part: "instructions" | "tool" | "input";
  /** What it is: `system prompt`, the tool's name, `project instructions`, `prompt`, `function_call exec_command`, … */
  name: string;
  /** UTF-8 bytes of `text`. */
  bytes: number;
  /** Estimated. */
  tokens: number;
  /** As the model gets it; of a tool and of items that are no message, the JSON. */
  text: string;
}

/** The next request of a thread, and what each part of it costs. */
export interface PromptPreview {
  request: ModelRequest;
  parts: PromptPart[];
  /** Estimated tokens of the whole. */
  tokens: number;
  /** Of the model, in tokens; null when it is not known. */
  window: number | null;
  /** Tokens after which the thread is compacted; null: never. */
  limit: number | null;
}

/**
 * What the thread would send next for this input (empty: what it has already). Nothing is sent, kept or run: what hooks
 * would add is not in it.
 */
export async function previewPrompt(
  state: Part<"settings" | "conversation" | "thread_id" | "services">,
  input: InputPart[],
): Promise<PromptPreview> {
  const { settings, conversation, services, thread_id } = state;
  const items = conversation.items.length > 0 ? [...conversation.items] : openingItems(settings, services.date());
  if (input.length > 0) items.push((await readInputParts(input, settings.cwd)).item);
  const request = await buildRequest({ settings, services, thread_id, conversation: { items } });
  const parts: PromptPart[] = [
    part(
      "instructions",
      settings.system_prompt === null ? "system prompt" : "model_instructions_file",
      request.instructions,
    ),
    ...request.tools.map((tool) => part("tool", tool.name, JSON.stringify(tool))),
    ...request.input.map((item) => ({ ...part("input", nameOf(item, state), textOf(item)), tokens: itemTokens(item) })),
  ];
  const info = await infoOf(state);
  const tokens = parts.reduce((sum, one) => sum + one.tokens, 0);
  return { request, parts, tokens, window: contextWindow(settings, info), limit: contextLimit(settings, info) };
}

function part(kind: PromptPart["part"], name: string, text: string): PromptPart {
  return { part: kind, name, bytes: Buffer.byteLength(text), tokens: textTokens(text), text };
}

function nameOf(item: HistoryItem, { settings }: Part<"settings">): string {
  if (item.type === "function_call" || item.type === "custom_tool_call") return `${item.type} ${item.name}`;
  if (item.type !== "message") return item.type;
  if (isEnvironment(item)) return "environment";
  const text = textOf(item);
  if (item.role === "developer")
    return text === settings.developer_instructions ? "developer_instructions" : "developer";
  if (item.role === "user") return text === settings.project_instructions ? "project instructions" : "prompt";
  return item.role;
}

function textOf(item: HistoryItem): string {
  if (item.type !== "message") return JSON.stringify(item);
  return item.content
    .map((one) => (one.type === "input_image" ? one.image_url : one.type === "refusal" ? one.refusal : one.text))
    .join("\n");
}
