import type { ModelInfo, ModelRequest } from "../model/index.ts";
import type { Usage } from "../protocol/index.ts";
import { toolSpecs } from "../tools/index.ts";
import { stopFor } from "./budget.ts";
import { systemPrompt } from "./instructions.ts";
import { type ResponseResult, type ResponseSink, readResponse } from "./response.ts";
import type { ThreadSettings } from "./settings.ts";
import type { ThreadState } from "./state.ts";
import { historyTokens, textTokens } from "./tokens.ts";

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

/** The next request: everything in it but the history stays the same from request to request. */
export async function buildRequest(
  state: Pick<ThreadState, "settings" | "history" | "thread_id" | "modelInfo">,
): Promise<ModelRequest> {
  const { settings } = state;
  const info = await state.modelInfo();
  return {
    model: settings.model,
    instructions: systemPrompt(settings),
    input: [...state.history.items],
    tools: toolSpecs({ images: info.images }),
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

/** Estimated tokens of what a request has beside the history. */
export function overheadOf({ instructions, tools }: ModelRequest): number {
  return textTokens(instructions) + textTokens(JSON.stringify(tools));
}

/**
 * Sends a request within the budgets and counts what it cost. Throws TurnFailed when a budget could be passed: then
 * nothing was sent, or the answer was cut at what was left.
 */
export async function send(
  state: ThreadState,
  request: ModelRequest,
  sink: ResponseSink,
  signal: AbortSignal,
): Promise<ResponseResult> {
  const info = await state.modelInfo();
  const client = await state.model();
  const estimate = Math.max(state.meter.tokens(overheadOf(request)), 0);
  const room = state.budget.beforeRequest(estimate, info);
  if ("what" in room) throw stopFor(state, room);
  const { max_output_tokens } = room;
  const result = await readResponse(client, { ...request, max_output_tokens }, sink, signal);
  const usage = result.ok ? result.usage : null;
  for (const part of [result.wasted, usage]) if (part) state.spending.add(part);
  state.budget.charge(result.wasted, info);
  if (result.ok) state.budget.charge(usage ?? guess(estimate, result), info);
  const cut = !result.ok && result.error.kind === "incomplete" && max_output_tokens !== null;
  if (cut) throw stopFor(state, state.budget.spent());
  return result;
}

/** What a response probably cost whose server did not count. */
function guess(input_tokens: number, { items }: ResponseResult & { ok: true }): Usage {
  const output_tokens = historyTokens(items);
  return {
    input_tokens,
    cached_input_tokens: 0,
    cache_write_input_tokens: 0,
    output_tokens,
    reasoning_output_tokens: 0,
  };
}

/** The next response of the turn. Before it, and once when the server says that it is too long, room is made. */
export async function requestInRoom(state: ThreadState, signal: AbortSignal): Promise<ResponseResult> {
  const limit = contextLimit(state.settings, await state.modelInfo());
  const request = await buildRequest(state);
  const full = limit !== null && state.meter.tokens(overheadOf(request)) > limit;
  const made = full && (await compact(state, "limit", signal));
  await measure(state);
  const result = await send(state, made ? await buildRequest(state) : request, state, signal);
  if (result.ok || result.error.kind !== "context_overflow") return result;
  if (!(await compact(state, "overflow", signal))) return result;
  await measure(state);
  return send(state, await buildRequest(state), state, signal);
}

async function compact(state: ThreadState, by: "limit" | "overflow", signal: AbortSignal): Promise<boolean> {
  const { compactHistory } = await import("./compact.ts");
  return compactHistory(state, { by }, signal);
}

/** Tells the front end how full the context is, when that changed. */
export async function measure(state: ThreadState): Promise<void> {
  const info = await state.modelInfo();
  const tokens = state.meter.news(overheadOf(await buildRequest(state)));
  if (tokens === null) return;
  const window = contextWindow(state.settings, info);
  state.emit({ type: "context.measured", tokens, window, limit: contextLimit(state.settings, info) });
}
