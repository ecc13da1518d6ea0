import type { Failure } from "../../protocol/index.ts";
import { disconnected } from "../failure.ts";

/** What a server's reason for ending an answer means: all is said, the server only paused, or the answer is no answer. */
export type AnswerEnd = "done" | "paused" | Failure;

/** Reasons of a whole answer on the Chat wire: OpenAI's, TGI's and llama.cpp's older ones, and Anthropic's through gateways. */
const CHAT_DONE = new Set([
  "stop",
  "tool_calls",
  "function_call",
  "eos",
  "eos_token",
  "stop_sequence",
  "end_turn",
  "tool_use",
]);
/** Anthropic, and Zhipu on the Chat wire. */
const WINDOW_FULL: Failure = {
  kind: "context_overflow",
  message: "the model's context window is full",
  retryable: false,
};
/** The answer was cut at its limit: OpenAI, Mistral, gateways. */
const CHAT_CUT = new Set(["length", "model_length", "max_tokens"]);

/**
 * What `finish_reason` means. Only a reason that is known to be good ends well. What nobody knows (`error`, `abort`,
 * `insufficient_system_resource`, a call that was malformed, or none at all) is a broken stream: it is worth another try.
 */
export function chatEnd(given: string): AnswerEnd {
  // Gemini's own words are in capitals.
  const reason = given.toLowerCase();
  if (CHAT_DONE.has(reason)) return "done";
  if (CHAT_CUT.has(reason)) return incomplete("max_output_tokens");
  if (reason === "content_filter") return incomplete("content_filter");
  if (reason === "model_context_window_exceeded") return WINDOW_FULL;
  return strange(given, "finish_reason");
}

/** OpenRouter tells the reason of the server behind it, too: a malformed call that it calls a good end. */
export function isMalformed(native_reason: string): boolean {
  return /malformed|unexpected_tool_call/i.test(native_reason);
}

/** What `stop_reason` of the Messages wire means. */
export function messagesEnd(reason: string): AnswerEnd {
  switch (reason) {
    case "end_turn":
    case "tool_use":
    case "stop_sequence":
      return "done";
    case "pause_turn":
      return "paused";
    case "max_tokens":
      return incomplete("max_output_tokens");
    case "refusal":
      return incomplete("the model refused to go on (refusal)");
    case "model_context_window_exceeded":
      return WINDOW_FULL;
    default:
      return strange(reason, "stop_reason");
  }
}

/** What the `status` of a response means that the server calls completed; many servers leave it out. */
export function responsesEnd(status: string | undefined): AnswerEnd {
  return status === undefined || status === "completed" ? "done" : strange(status, "status");
}

/** An answer that was not finished, and would not be if it was asked for again. */
export function incomplete(reason: string): Failure {
  return { kind: "incomplete", message: `Incomplete response returned, reason: ${reason}`, retryable: false };
}

/** Longest reason that is repeated in a message; real ones are words. */
const MAX_REASON_CHARS = 80;

function strange(reason: string, field: string): Failure {
  if (reason === "") return disconnected(`the answer ended without a ${field}`);
  return disconnected(`the server ended the answer with ${field} ${JSON.stringify(reason.slice(0, MAX_REASON_CHARS))}`);
}
