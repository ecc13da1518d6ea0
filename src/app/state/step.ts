import type { AppEffect } from "./effect.ts";
import type { AppConversation, AppState, Step } from "./state.ts";

/** A state with what is to be done. */
export function step(state: AppState, ...effects: AppEffect[]): Step {
  return { state, effects };
}

/** One step after another. */
export function then({ state, effects }: Step, next: (state: AppState) => Step): Step {
  const more = next(state);
  return { state: more.state, effects: [...effects, ...more.effects] };
}

/** The state with some of its conversation changed. */
export function withConversation(state: AppState, changes: Partial<AppConversation>): AppState {
  return { ...state, conversation: { ...state.conversation, ...changes } };
}
