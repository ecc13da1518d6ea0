import type { Failure, HistoryItem, Json, Usage } from "../../protocol/index.ts";
import type { ModelEvent, ToolSpec } from "../contract.ts";
import { failureOfEvent } from "../failure.ts";
import type { Hooks } from "../hooks.ts";
import { at, number, parseJson, string } from "../json.ts";
import { type CallPiece, createCallCollector } from "./chat-calls.ts";
import { unwrapCall } from "./freeform.ts";
import type { Decoder, ResponseEnd } from "./wire.ts";

/** The fields that are read of a chunk. */
interface Chunk {
  id?: string;
  choices?: { delta?: Delta; message?: Delta; finish_reason?: string | null }[];
  usage?: Json;
  error?: Json;
}

interface Delta {
  content?: string | Json[] | null;
  /** DeepSeek, llama.cpp, vLLM, LM Studio, Kimi … */
  reasoning_content?: string | null;
  /** OpenRouter, Groq, Ollama. */
  reasoning?: string | null;
  refusal?: string | null;
  tool_calls?: CallPiece[] | null;
}

/**
 * Decodes Chat Completions as OpenAI writes them and as other servers do: without usage, without `[DONE]`, calls in one
 * piece or without an index, empty deltas, reasoning under two names, content in parts.
 */
export function createChatDecoder(tools: ToolSpec[], hooks: Pick<Hooks, "now" | "random">): Decoder {
  const calls = createCallCollector(hooks.random);
  const state = {
    text: "",
    reasoning: "",
    replayed: false,
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
    if (delta.reasoning_content) state.replayed = true;
    const reasoning = delta.reasoning_content || delta.reasoning;
    if (reasoning) addReasoning(reasoning, out);
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
    if (delta.tool_calls) for (const piece of delta.tool_calls) calls.add(piece);
  };
  const complete = (out: ModelEvent[]): ResponseEnd => {
    if (state.finish === "length") return { type: "failed", error: incomplete("max_output_tokens") };
    if (state.finish === "content_filter") return { type: "failed", error: incomplete("content_filter") };
    if (state.reasoning)
      out.push({ type: "item", key: "reasoning", item: reasoningItem(state.reasoning, state.replayed) });
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
      if (chunk.error) return { type: "failed", error: failureOfEvent(chunk.error, hooks.now()) };
      if (chunk.id) state.id = chunk.id;
      const choice = chunk.choices?.[0];
      const delta = choice?.delta ?? choice?.message;
      if (delta) read(delta, out);
      if (choice?.finish_reason) state.finish = choice.finish_reason;
      if (chunk.usage) state.usage = usageOf(chunk.usage);
      // Some servers keep the connection open and never send [DONE]: with the usage after the reason all is said.
      return state.finish && chunk.usage ? complete(out) : null;
    },
  };
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

/** `content` marks reasoning that has to go back to the server; see `messagesOf`. */
function reasoningItem(text: string, replayed: boolean): HistoryItem {
  const item: HistoryItem = { type: "reasoning", summary: [{ type: "summary_text", text }] };
  return replayed ? { ...item, content: [{ type: "reasoning_text", text }] } : item;
}

function incomplete(reason: string): Failure {
  return { kind: "incomplete", message: `Incomplete response returned, reason: ${reason}`, retryable: false };
}

function usageOf(usage: Json): Usage {
  const prompt = at(usage, "prompt_tokens_details");
  return {
    input_tokens: number(at(usage, "prompt_tokens")) ?? 0,
    // DeepSeek counts its cache under a name of its own.
    cached_input_tokens: number(at(prompt, "cached_tokens")) ?? number(at(usage, "prompt_cache_hit_tokens")) ?? 0,
    cache_write_input_tokens: number(at(prompt, "cache_write_tokens")) ?? 0,
    output_tokens: number(at(usage, "completion_tokens")) ?? 0,
    reasoning_output_tokens: number(at(at(usage, "completion_tokens_details"), "reasoning_tokens")) ?? 0,
  };
}
