import { MOVES_MS, shownNow } from "./clock.ts";
import type { AppEffect } from "./effect.ts";
import { withMenu } from "./menu.ts";
import { cardOf } from "./questions.ts";
import type { AppState, Step } from "./state.ts";
import { then } from "./step.ts";

/** What follows from a change, whatever led to it: when to wake, what card begins to count, who is to be told. */
export function settle(before: AppState, taken: Step): Step {
  const { state, effects } = taken.state.composer === before.composer ? taken : then(taken, withMenu);
  const more: AppEffect[] = [];
  let next = state;
  const card = cardOf(state);
  if (card !== cardOf(before)) {
    next = { ...next, card_open: false };
    if (card !== null) more.push({ type: "show card", card });
  }
  const wake = wakeAt(next);
  if (wake !== before.wake) {
    next = { ...next, wake };
    more.push({ type: "wake", at: wake });
  }
  next = effects.reduce(remembered, next);
  const told = notice(before, next);
  if (told !== null) more.push({ type: "notify", text: told });
  return { state: next, effects: more.length === 0 ? effects : [...effects, ...more] };
}

/** What of the effects the next thread has to know. */
function remembered(state: AppState, effect: AppEffect): AppState {
  if (effect.type === "thread") return { ...state, opening: true, opens_new: effect.target.to === "new" };
  if (effect.type !== "submit" || effect.op.type !== "settings") return state;
  return { ...state, changed: { ...state.changed, ...effect.op.changes } };
}

/** When something moves by itself; null: nothing does. */
function wakeAt({ conversation, questions, now }: AppState): number | null {
  const since = conversation.turn?.since ?? null;
  // Whoever is asked something is waited for: nothing moves.
  if (since === null || questions.length > 0) return null;
  return shownNow(since, now) + MOVES_MS;
}

/** What a person who is looking elsewhere is told. */
function notice(before: AppState, { focused, setup, questions, conversation }: AppState): string | null {
  if (focused || !setup.notifications) return null;
  if (questions.length > before.questions.length) return "moat asks a question";
  const ended = before.conversation.turn !== null && conversation.turn === null;
  if (!ended || conversation.number !== before.conversation.number) return null;
  return conversation.transcript.failure === null ? "moat is done" : "moat: the turn failed";
}
