import type { HistoryItem, Json, JsonObject, ReasoningHistoryItem, Usage } from "../../protocol/index.ts";
import type { ModelEvent, ToolSpec } from "../contract.ts";
import { chatEnd, isMalformed } from "../dialect/ends.ts";
import { disconnected, failureOfEvent } from "../failure.ts";
import { at, countIn, parseJson, string } from "../json.ts";
import { type CallPiece, createCallCollector } from "./chat-calls.ts";
import { unwrapCall } from "./freeform.ts";
import { createDetailsCollector } from "./reasoning-details.ts";
import type { Decoder, ResponseEnd } from "./wire.ts";

/** The fields that are read of a chunk. */
interface Chunk {
  id?: string;
  choices?: {
    delta?: Delta;
    message?: Delta;
    finish_reason?: string | null;
    native_finish_reason?: string | null;
    usage?: Json;
    error?: Json;
  }[];
  usage?: Json;
  /** Groq. */
  x_groq?: Json;
  error?: Json;
  /** vLLM names an error so, and puts its parts beside it. */
  object?: string;
}

interface Delta {
  content?: string | Json[] | null;
  /** DeepSeek, llama.cpp, vLLM, LM Studio, Kimi … */
  reasoning_content?: string | null;
  /** OpenRouter, Groq, Ollama. */
  reasoning?: string | null;
  /** OpenRouter, whole or in pieces; see `reasoning-details.ts`. */
  reasoning_details?: JsonObject[] | null;
  /** LiteLLM: Anthropic's blocks, whole or in pieces. */
  thinking_blocks?: JsonObject[] | null;
  /** Gemini: a signature of the text. */
  extra_content?: JsonObject | null;
  refusal?: string | null;
  tool_calls?: CallPiece[] | null;
  /** What was before `tool_calls`; some servers still send it. */
  function_call?: CallPiece["function"] | null;
}

/**
 * Decodes Chat Completions as OpenAI writes them and as other servers do: without usage, without `[DONE]`, calls in one
 * piece or without an index, empty deltas, reasoning under two names, content in parts.
 */
export function createChatDecoder(tools: ToolSpec[], now: () => number): Decoder {
  const calls = createCallCollector();
  const details = createDetailsCollector();
  const state = {
    text: "",
    reasoning: "",
    field: undefined as ReasoningHistoryItem["field"],
    extra_content: null as JsonObject | null,
    finish: "",
    usage: null as Usage | null,
    id: null as string | null,
  };

  const addText = (delta: string, out: ModelEvent[]) => {
    state.text += delta;
    out.push({ type: "delta", kind: "text", key: "message", delta });
  };
  const addReasoning = (delta: string, out: ModelEvent[]) => {
    state.reasoning += delta;
    out.push({ type: "delta", kind: "reasoning", key: "reasoning", delta });
  };
  const read = (delta: Delta, out: ModelEvent[]) => {
    const parts = delta.reasoning_details ?? delta.thinking_blocks;
    if (parts) details.add(parts);
    if (delta.thinking_blocks) state.field = "thinking_blocks";
    if (delta.extra_content) state.extra_content = delta.extra_content;
    // What is said in both forms is said once.
    const news = parts ? details.news() : "";
    const reasoning = delta.reasoning_content || delta.reasoning || news;
    if (reasoning) {
      if (!parts && state.field !== "thinking_blocks")
        state.field = delta.reasoning_content ? "reasoning_content" : "reasoning";
      addReasoning(reasoning, out);
    }
    if (typeof delta.content === "string") {
      if (delta.content !== "") addText(delta.content, out);
    } else if (delta.content) {
      for (const part of delta.content)
        readPart(
          part,
          (text) => addText(text, out),
          (text) => addReasoning(text, out),
        );
    }
    if (delta.refusal) addText(delta.refusal, out);
    if (delta.function_call) calls.add({ index: 0, function: delta.function_call });
    for (const piece of delta.tool_calls ?? []) {
      if (piece.function?.name) out.push({ type: "calling", name: piece.function.name });
      calls.add(piece);
    }
  };
  const complete = (out: ModelEvent[]): ResponseEnd => {
    const end = chatEnd(state.finish);
    if (end !== "done") return { type: "failed", error: end === "paused" ? disconnected("the server paused") : end };
    const thought = details.finished();
    if (state.reasoning || thought.length > 0 || state.extra_content)
      out.push({ type: "item", key: "reasoning", item: reasoningItem(state, thought) });
    if (state.text) out.push({ type: "item", key: "message", item: messageItem(state.text) });
    for (const [index, call] of calls.finished().entries()) {
      out.push({ type: "item", key: `call_${index}`, item: unwrapCall(call, tools) });
    }
    return { type: "completed", usage: state.usage, response_id: state.id };
  };

  return {
    terminal: "a finish_reason",
    usage: () => state.usage,
    finish: (out) => (state.finish ? complete(out) : null),
    event(data, _name, out) {
      if (data === "[DONE]") return complete(out);
      const chunk = parseJson(data) as Chunk | undefined;
      if (!chunk) return null;
      const choice = chunk.choices?.[0];
      const error = chunk.error ?? choice?.error ?? (chunk.object === "error" ? (chunk as Json) : undefined);
      if (error) return { type: "failed", error: failureOfEvent(error, now()) };
      if (chunk.id) state.id = chunk.id;
      const delta = choice?.delta ?? choice?.message;
      if (delta) read(delta, out);
      if (choice?.finish_reason) state.finish = reasonOf(choice);
      const usage = chunk.usage ?? choice?.usage ?? at(chunk.x_groq, "usage");
      if (usage) state.usage = usageOf(usage) ?? state.usage;
      // Some servers keep the connection open and never send [DONE]: with the usage after the reason all is said.
      return state.finish && chunk.usage ? complete(out) : null;
    },
  };
}

function reasonOf({ finish_reason, native_finish_reason }: NonNullable<Chunk["choices"]>[number]): string {
  return native_finish_reason && isMalformed(native_finish_reason) ? native_finish_reason : (finish_reason ?? "");
}

/** Mistral's reasoning models send content as parts: `{type: "thinking", thinking: [{type: "text", text}]}` and text. */
function readPart(part: Json, text: (text: string) => void, reasoning: (text: string) => void): void {
  const thinking = at(part, "thinking");
  if (Array.isArray(thinking)) for (const inner of thinking) reasoning(string(at(inner, "text")) ?? "");
  else text(string(at(part, "text")) ?? "");
}

function messageItem(text: string): HistoryItem {
  return { type: "message", role: "assistant", content: [{ type: "output_text", text }] };
}

/** `field` and `details` say in which form it goes back to the server; see `messagesOf`. */
function reasoningItem({ reasoning: text, field, extra_content }: Reasoned, details: JsonObject[]): HistoryItem {
  return {
    type: "reasoning",
    summary: text === "" ? [] : [{ type: "summary_text", text }],
    ...(details.length > 0 ? { details } : {}),
    ...(field && (details.length === 0 || field === "thinking_blocks") ? { field } : {}),
    ...(extra_content ? { extra_content } : {}),
  };
}

interface Reasoned {
  reasoning: string;
  field: ReasoningHistoryItem["field"];
  extra_content: JsonObject | null;
}

/** null for zeros: gateways that cannot count send them. */
function usageOf(usage: Json): Usage | null {
  const [input_tokens, output_tokens] = [countIn(at(usage, "prompt_tokens")), countIn(at(usage, "completion_tokens"))];
  if (input_tokens + output_tokens === 0) return null;
  const prompt = at(usage, "prompt_tokens_details");
  return {
    input_tokens,
    // DeepSeek counts its cache under a name of its own.
    cached_input_tokens: countIn(at(prompt, "cached_tokens") ?? at(usage, "prompt_cache_hit_tokens")),
    cache_write_input_tokens: countIn(at(prompt, "cache_write_tokens")),
    output_tokens,
    reasoning_output_tokens: countIn(at(at(usage, "completion_tokens_details"), "reasoning_tokens")),
  };
}
