import { buildRequest, contextLimit, contextTokens, contextWindow, overheadOf, requestFrame, send } from "./request.ts";
import type { ResponseResult } from "./response.ts";
import type { ThreadState } from "./state.ts";

/** The next response of the turn. Before it, and once when the server says that it is too long, room is made. */
export async function requestInRoom(state: ThreadState, signal: AbortSignal): Promise<ResponseResult> {
  const limit = contextLimit(state.settings, await state.modelInfo());
  const request = await buildRequest(state);
  const full = limit !== null && contextTokens(state.meter, request) > limit;
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
  const overhead = state.meter.counted ? 0 : overheadOf(await requestFrame(state));
  const tokens = state.meter.news(overhead);
  if (tokens === null) return;
  const info = await state.modelInfo();
  const window = contextWindow(state.settings, info);
  state.emit({ type: "context.measured", tokens, window, limit: contextLimit(state.settings, info) });
}
