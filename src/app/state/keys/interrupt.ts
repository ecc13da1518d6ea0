import { cleared } from "../../composer/composer.ts";
import { giveBack } from "../give-back.ts";
import type { AppState, Step } from "../state.ts";
import { step, withConversation } from "../step.ts";

/** Two Ctrl-C, or two Esc, within this many ms mean more than one. The repl has the same time. */
export const QUICK_MS = 1000;

/** Exit code of a process that Ctrl-C ended: 128 + SIGINT. */
const INTERRUPTED_EXIT = 130;

/** Ctrl-C: once it clears what is written or interrupts what runs, twice it quits. */
export function interrupt(before: AppState): Step {
  const state = { ...before, interrupted_at: before.now };
  const quick = before.interrupted_at !== null && before.now - before.interrupted_at < QUICK_MS;
  if (quick) return quit(state, INTERRUPTED_EXIT);
  if (state.questions.length === 0 && state.pager === null && state.picker === null && state.composer.text !== "")
    return step({ ...state, composer: cleared(state.composer), hint: "Ctrl-C again quits" });
  const stopped = stop(state);
  if (stopped !== null) return stopped;
  return step({ ...state, questions: [], picker: null, pager: null, hint: "Ctrl-C again, or Ctrl-D, quits" });
}

export function quit(state: AppState, exit: number): Step {
  return step({ ...state, quitting: true }, { type: "quit", exit });
}

/** Stops what runs, the turn first, and gives back what was typed meanwhile; null: nothing runs. */
export function stop(state: AppState): Step | null {
  const { conversation, command } = state;
  if (state.opening && conversation.waiting.length > 0) return step(giveBack(state, "all"));
  if (conversation.busy && !conversation.stopping) return stopTurn(state);
  if (command !== null) return step(unasked(state), { type: "stop command" });
  if (conversation.side !== null) return step(withConversation(state, { side: null }), { type: "stop side" });
  return conversation.busy ? step(state) : null;
}

function stopTurn(state: AppState): Step {
  const next = giveBack(withConversation(unasked(state), { stopping: true }), "all");
  return step(next, { type: "submit", op: { type: "interrupt", take_back: true } });
}

/** What the turn or a command asks is not asked any more; the core answers what is left of it. */
function unasked(state: AppState): AppState {
  return { ...state, questions: [], picker: null };
}
