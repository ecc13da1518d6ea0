import { backPicker } from "../pickers.ts";
import type { AppState, Step } from "../state.ts";
import { step } from "../step.ts";
import { QUICK_MS, stop } from "./interrupt.ts";

/** Esc in the composer: interrupts what runs; twice when nothing does, it goes back to an earlier message. */
export function leaveOrGoBack(state: AppState): Step {
  const stopped = stop(state);
  if (stopped !== null) return stopped;
  const { escaped_at, now } = state;
  if (escaped_at !== null && now - escaped_at < QUICK_MS) return step(backPicker({ ...state, escaped_at: null }));
  return step({ ...state, escaped_at: now, hint: "Esc again: back to an earlier message" });
}
