import type { ModelInfo, ModelRequest } from "../../model/index.ts";
import type { HistoryItem } from "../../protocol/index.ts";
import { costOf, stopFor } from "../budget.ts";
import { inPlan } from "../plan-mode.ts";
import type { ThreadSettings } from "../settings.ts";
import type { Part } from "../state.ts";
import { systemPrompt } from "./instructions.ts";
import { type ResponseResult, type ResponseSink, readResponse } from "./response.ts";
import { type ContextMeter, textTokens } from "./tokens.ts";
import { wholeUsage } from "./usage.ts";

/** The part of the model's window that is used before the thread is compacted; the rest is for the answer. */
const USED_SHARE = 0.9;

/** Tokens after which the context is compacted; null where neither a limit nor the model's window is known. */
export function contextLimit(settings: ThreadSettings, info: ModelInfo): number | null {
  const window = contextWindow(settings, info);
  const limits = [settings.auto_compact_token_limit, window === null ? null : Math.floor(window * USED_SHARE)];
  const known = limits.filter((limit) => limit !== null);
  return known.length > 0 ? Math.min(...known) : null;
}

/** The model's window in tokens, as configured or known; null when it is neither. */
export function contextWindow(settings: ThreadSettings, info: ModelInfo): number | null {
  return settings.context_window ?? info.context_window;
}

/** A request without the history: what stays the same from request to request. */
export type RequestFrame = Omit<ModelRequest, "input">;

export async function requestFrame(state: Part<"settings" | "thread_id" | "services">): Promise<RequestFrame> {
  const { settings } = state;
  const info = await infoOf(state);
  return {
    model: settings.model,
    instructions: systemPrompt(settings),
    tools: await state.services.tools.specs(info, inPlan(settings)),
    parallel_tool_calls: true,
    effort: settings.effort,
    reasoning_summary: settings.reasoning_summary,
    verbosity: settings.verbosity,
    service_tier: settings.service_tier,
    output_schema: settings.output_schema,
    web_search: settings.web_search,
    max_output_tokens: null,
    cache_key: state.thread_id,
  };
}

/** The next request. */
export async function buildRequest(
  state: Part<"settings" | "thread_id" | "services"> & { conversation: { items: readonly HistoryItem[] } },
): Promise<ModelRequest> {
  return { ...(await requestFrame(state)), input: [...state.conversation.items] };
}

/** Estimated tokens of what a request has beside the history. */
export function overheadOf({ instructions, tools }: RequestFrame): number {
  return textTokens(instructions) + textTokens(JSON.stringify(tools));
}

/** Tokens of the context. What is beside the history is only looked at where the server has not counted it. */
export function contextTokens(meter: ContextMeter, frame: RequestFrame): number {
  return meter.tokens(meter.counted ? 0 : overheadOf(frame));
}

/** What is known of the model in use. */
export function infoOf({ settings, services }: Part<"settings" | "services">): Promise<ModelInfo> {
  return services.modelInfo(settings.model);
}

/** What a request is paid with and sent by. */
export type SendingThread = Part<
  "settings" | "services" | "thread_id" | "conversation" | "spending" | "budget" | "model" | "learn" | "emit"
>;

/**
 * Sends a request within the budgets and counts what it cost. Throws TurnFailed when a budget could be passed: then
 * nothing was sent, or the answer was cut at what was left.
 */
export async function send(
  state: SendingThread,
  request: ModelRequest,
  sink: ResponseSink,
  signal: AbortSignal,
): Promise<ResponseResult> {
  return state.budget.inTurn(() => sendWithin(state, request, sink, signal));
}

async function sendWithin(
  state: SendingThread,
  request: ModelRequest,
  sink: ResponseSink,
  signal: AbortSignal,
): Promise<ResponseResult> {
  const info = await infoOf(state);
  const client = await state.model();
  const estimate = Math.max(contextTokens(state.conversation.meter, request), 0);
  const room = state.budget.beforeRequest(estimate, info);
  if ("what" in room) throw stopFor(state, room);
  const { max_output_tokens } = room;
  const result = await readResponse(client, { ...request, max_output_tokens }, sink, signal);
  if (result.learned) state.learn(result.learned);
  const { price } = info;
  const counted = [result.wasted, result.ok ? result.usage : null];
  for (const part of counted) if (part) state.spending.add(part, price && costOf(part, price));
  state.budget.charge(result.wasted, info);
  if (result.ok) {
    const usage = wholeUsage(result.usage, estimate, result.items);
    state.budget.charge(usage, info);
    // Without any count, the estimate goes on as it is: it looks at what is beside the history, too.
    return { ...result, usage: result.usage && usage };
  }
  const cut = result.error.kind === "incomplete" && max_output_tokens !== null;
  if (cut) throw stopFor(state, state.budget.spent());
  return result;
}
