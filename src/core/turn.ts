import type { ModelRequest } from "../model/index.ts";
import type { Failure, HistoryItem, ToolCallItem, Usage } from "../protocol/index.ts";
import { toolSpecs } from "../tools/index.ts";
import { TurnFailed } from "./failed.ts";
import { interruptedOutput, isCall } from "./history.ts";
import { systemPrompt } from "./instructions.ts";
import { TurnPlan } from "./plan.ts";
import { readResponse } from "./response.ts";
import type { ThreadState } from "./state.ts";
import { addUsage, NO_USAGE } from "./usage.ts";

/** How a turn ended. */
export type TurnEnd = { ok: true; usage: Usage } | { ok: false; error: Failure; usage: Usage };

const INTERRUPTED: Failure = { kind: "interrupted", message: "interrupted", retryable: false };

/**
 * One turn: model → tools → model, until a response has no calls. The user's items are in the history already. Every
 * call of a complete response gets exactly one output, also when the turn is interrupted or fails on the way.
 */
export async function runTurn(state: ThreadState, signal: AbortSignal): Promise<TurnEnd> {
  let usage = NO_USAGE;
  let stopped = 0;
  const plan = new TurnPlan(state);
  try {
    const waiting = state.history.openCalls();
    if (waiting.length > 0) await runCalls(state, plan, waiting, signal);
    while (true) {
      const response = await request(state, signal);
      usage = addUsage(usage, response.wasted);
      if (!response.ok) return { ok: false, error: signal.aborted ? INTERRUPTED : response.error, usage };
      if (response.usage) usage = addUsage(usage, response.usage);
      for (const item of response.items) state.addHistory(item);
      const calls = response.items.filter(isCall);
      if (calls.length > 0) await runCalls(state, plan, calls, signal);
      if (signal.aborted) return { ok: false, error: INTERRUPTED, usage };
      const steered = await state.takeSteered();
      for (const item of steered) state.addHistory(item);
      if (calls.length > 0 || steered.length > 0) continue;
      const more = await stopHook(state, stopped++ > 0, signal);
      if (more === null) return { ok: true, usage };
      state.addHistory(more);
    }
  } catch (error) {
    if (error instanceof TurnFailed) return { ok: false, error: error.failure, usage };
    if (signal.aborted) return { ok: false, error: INTERRUPTED, usage };
    throw error;
  } finally {
    for (const call of state.history.openCalls()) state.addHistory(interruptedOutput(call));
    plan.close();
  }
}

async function stopHook(state: ThreadState, active: boolean, signal: AbortSignal): Promise<HistoryItem | null> {
  if (state.services.hooks === null) return null;
  const { fireStop } = await import("./hooks.ts");
  return fireStop(state, active, signal);
}

async function request(state: ThreadState, signal: AbortSignal) {
  const { settings } = state;
  const client = await state.model();
  const modelRequest: ModelRequest = {
    model: settings.model,
    instructions: systemPrompt(settings),
    input: [...state.history.items],
    tools: toolSpecs,
    parallel_tool_calls: true,
    effort: settings.effort,
    reasoning_summary: settings.reasoning_summary,
    verbosity: settings.verbosity,
    output_schema: settings.output_schema,
    cache_key: state.thread_id,
  };
  return readResponse(client, modelRequest, state, signal);
}

/**
 * Runs the calls of one response: neighbours that may run side by side do, all others one after another. Outputs are
 * added in the order of the calls, as soon as all before them are there.
 */
async function runCalls(state: ThreadState, plan: TurnPlan, calls: ToolCallItem[], signal: AbortSignal): Promise<void> {
  // The first call brings in the sandbox, the patch engine and the schemas; a plain answer needs none of them.
  const { prepareCall } = await import("./dispatch.ts");
  let running: Promise<HistoryItem>[] = [];
  const settle = async () => {
    const results = await Promise.allSettled(running);
    running = [];
    for (const result of results) if (result.status === "fulfilled") state.addHistory(result.value);
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  };
  for (const call of calls) {
    if (signal.aborted) break;
    const { parallel, run } = await prepareCall(state, plan, call, signal);
    if (!parallel) await settle();
    running.push(run());
    if (!parallel) await settle();
  }
  await settle();
}
