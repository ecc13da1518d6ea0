import type { Part } from "../state.ts";
import type { CompactedThread } from "./compact.ts";
import {
  buildRequest,
  contextLimit,
  contextTokens,
  contextWindow,
  infoOf,
  overheadOf,
  requestFrame,
  send,
} from "./request.ts";
import type { ResponseResult } from "./response.ts";

/** The next response of the turn. Before it, and once when the server says that it is too long, room is made. */
export async function requestInRoom(state: CompactedThread, signal: AbortSignal): Promise<ResponseResult> {
  const limit = contextLimit(state.settings, await infoOf(state));
  const request = await buildRequest(state);
  const full = limit !== null && contextTokens(state.conversation.meter, request) > limit;
  const made = full && (await compact(state, "limit", signal));
  await measure(state);
  const result = await send(state, made ? await buildRequest(state) : request, state, signal);
  if (result.ok || result.error.kind !== "context_overflow") return result;
  if (!(await compact(state, "overflow", signal))) return result;
  await measure(state);
  return send(state, await buildRequest(state), state, signal);
}

async function compact(state: CompactedThread, by: "limit" | "overflow", signal: AbortSignal): Promise<boolean> {
  const { compactHistory } = await import("./compact.ts");
  return compactHistory(state, { by }, signal);
}

type MeasuredThread = Part<"settings" | "services" | "thread_id" | "conversation" | "emit">;

/** Tells the front end how full the context is, when that changed. */
export async function measure(state: MeasuredThread): Promise<void> {
  const overhead = state.conversation.meter.counted ? 0 : overheadOf(await requestFrame(state));
  const tokens = state.conversation.meter.news(overhead);
  if (tokens === null) return;
  const info = await infoOf(state);
  const window = contextWindow(state.settings, info);
  state.emit({ type: "context.measured", tokens, window, limit: contextLimit(state.settings, info) });
}
