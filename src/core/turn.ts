import { once } from "../base/index.ts";
import type { Failure, HistoryItem, ToolCallItem } from "../protocol/index.ts";
import type { CallingThread } from "./call/call-context.ts";
import type { AnsweredCall, PreparedCall } from "./call/dispatch.ts";
import { showItem } from "./emitter.ts";
import { TurnFailed } from "./failed.ts";
import type { HookedThread } from "./hooks.ts";
import { ItemLife } from "./item-life.ts";
import { inPlan } from "./plan-mode.ts";
import { lastMessage, repairAnswer } from "./request/answer.ts";
import { interruptedOutput, isCall } from "./request/history.ts";
import { developerItem } from "./request/instructions.ts";
import { measure, requestInRoom } from "./request/room.ts";
import { writtenCall } from "./request/written-call.ts";
import type { Part, ThreadState } from "./state.ts";
import { taped } from "./tape.ts";

/** How a turn ended. */
export type TurnEnd = { ok: true } | { ok: false; error: Failure };

/** The failure of a turn that was aborted. */
export const INTERRUPTED: Failure = { kind: "interrupted", message: "interrupted", retryable: false };

/**
 * One turn: model → tools → model, until a response has no calls. The user's items are in the history already. Every
 * call of a complete response gets exactly one output, also when the turn is interrupted or fails on the way.
 */
export async function runTurn(state: ThreadState, signal: AbortSignal): Promise<TurnEnd> {
  const rounds: Rounds = { stopped: 0, repaired: 0, written: false };
  const plan = new ItemLife(state);
  try {
    const missing = await state.services.tools.problem?.(signal);
    if (missing) return { ok: false, error: { kind: "invalid_request", message: missing, retryable: false } };
    const waiting = state.conversation.openCalls();
    if (waiting.length > 0 && !(await tapedCalls(state, plan, waiting, signal))) return { ok: true };
    while (true) {
      const response = await requestInRoom(state, signal);
      if (!response.ok) return { ok: false, error: signal.aborted ? INTERRUPTED : response.error };
      for (const item of response.items) state.conversation.add(item);
      if (response.usage) state.conversation.meter.count(response.usage);
      await measure(state);
      const calls = response.items.filter(isCall);
      const over = calls.length > 0 && !(await tapedCalls(state, plan, calls, signal));
      if (signal.aborted) return { ok: false, error: INTERRUPTED };
      if (over) return { ok: true };
      const more = await taped(state, plan, signal, () =>
        goesOn(state, calls.length > 0 || response.paused, rounds, signal),
      );
      if (more) continue;
      showWrittenPlan(state);
      return { ok: true };
    }
  } catch (error) {
    if (error instanceof TurnFailed) return { ok: false, error: error.failure };
    if (signal.aborted) return { ok: false, error: INTERRUPTED };
    throw error;
  } finally {
    for (const call of state.conversation.openCalls()) state.conversation.add(interruptedOutput(call));
    plan.close();
  }
}

/** How often a turn was already kept from ending. */
interface Rounds {
  stopped: number;
  repaired: number;
  /** The model was told that it wrote a call as text. */
  written: boolean;
}

type GoingThread = HookedThread & Part<"takeSteered">;

/** Whether the model is asked again: it has outputs to read or only paused, the user said something meanwhile, or it may not stop yet. */
async function goesOn(state: GoingThread, called: boolean, rounds: Rounds, signal: AbortSignal): Promise<boolean> {
  const steered = await state.takeSteered();
  for (const item of steered) state.conversation.add(item);
  if (called || steered.length > 0) return true;
  const more = await unfinished(state, rounds, signal);
  if (more) state.conversation.add(more);
  return more !== null;
}

/** Whether the model is to read the outputs. */
function tapedCalls(state: ThreadState, plan: ItemLife, calls: ToolCallItem[], signal: AbortSignal): Promise<boolean> {
  return taped(state, plan, signal, () => runCalls(state, plan, calls, signal));
}

/** Models that were trained on the Codex CLI write their plan into the last message, between marks of its own. */
function showWrittenPlan(state: ThreadState): void {
  if (!inPlan(state.settings)) return;
  const [, text = ""] =
    lastMessage(state.conversation.items).match(/<proposed_plan>\n?([\s\S]*?)<\/proposed_plan>/) ?? [];
  if (text.trim() !== "") showItem(state, { type: "plan", text: text.trim() });
}

/** What the model is told when it may not stop yet: a hook's words, or what is wrong with its answer. null: it may. */
async function unfinished(state: HookedThread, rounds: Rounds, signal: AbortSignal): Promise<HistoryItem | null> {
  const hooked = await stopHook(state, rounds.stopped++ > 0, signal);
  return hooked ?? (await noteOnWrittenCall(state, rounds)) ?? repairAnswer(state, rounds.repaired++ > 0);
}

/** A call that was written as text did nothing: the model is told so, once a turn. */
async function noteOnWrittenCall(state: HookedThread, rounds: Rounds): Promise<HistoryItem | null> {
  if (rounds.written) return null;
  const tools = (await state.services.tools.specs({ images: true })).map(({ name }) => name);
  const name = writtenCall(lastMessage(state.conversation.items), tools);
  if (name === null) return null;
  rounds.written = true;
  return developerItem(
    `Nothing was run: your last message holds a call of ${name} as text. Call the tool itself, through the API's tool calls, and not in your message.`,
  );
}

async function stopHook(state: HookedThread, active: boolean, signal: AbortSignal): Promise<HistoryItem | null> {
  if (state.services.hooks === null) return null;
  const { fireStop } = await import("./hooks.ts");
  return fireStop(state, active, signal);
}

/** The first call brings in the sandbox, the patch engine and the schemas; a plain answer needs none of them. */
const loadCalls = once(() => import("./call/dispatch.ts"));

/**
 * Runs the calls of one response: neighbours that may run side by side do, all others one after another. Outputs are
 * added in the order of the calls, as soon as all before them are there. False: one of them ends the turn.
 */
async function runCalls(
  state: CallingThread,
  plan: ItemLife,
  calls: ToolCallItem[],
  signal: AbortSignal,
): Promise<boolean> {
  const { prepareCall } = await loadCalls();
  let running: Promise<AnsweredCall>[] = [];
  let goes_on = true;
  const settle = async () => {
    const results = await Promise.allSettled(running);
    running = [];
    for (const result of results) {
      if (result.status === "rejected") continue;
      state.conversation.add(result.value.output);
      if (result.value.ends_turn) goes_on = false;
    }
    await measure(state);
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  };
  const start = (run: PreparedCall["run"]) => {
    const answer = run();
    // It may fail while the next call waits for a person; `settle` looks at it later.
    answer.catch(() => {});
    running.push(answer);
  };
  try {
    for (const call of calls) {
      if (signal.aborted) break;
      const { parallel, run } = await prepareCall(state, plan, call, signal);
      if (!parallel) await settle();
      start(run);
      if (!parallel) await settle();
    }
  } finally {
    // Nothing outlives its turn, also when a later call could not even be judged.
    await settle();
  }
  return goes_on;
}
