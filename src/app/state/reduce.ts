import type { Drawer } from "../picture/drawer.ts";
import { takeAction } from "./actions.ts";
import { heardBefore, takeEvent } from "./events.ts";
import type { AppInput } from "./input.ts";
import { takeTerm } from "./keys/term.ts";
import { cardOf, questionResized } from "./questions.ts";
import { takeResult } from "./results.ts";
import { settle } from "./settle.ts";
import type { AppState, Step } from "./state.ts";
import { step } from "./step.ts";

/** What an input makes of the state, and what is to be done. The same inputs give the same states. */
export function reduceApp(state: AppState, input: AppInput, drawer: Drawer): Step {
  return settle(state, took({ ...state, now: Math.max(state.now, input.at) }, input, drawer));
}

function took(state: AppState, input: AppInput, drawer: Drawer): Step {
  switch (input.type) {
    case "event":
      return input.thread === state.conversation.number
        ? takeEvent(state, input.event, drawer.kit)
        : step(heardBefore(state, input.thread, input.event, drawer.kit));
    case "term":
      return takeTerm(state, input.event, input.burst ?? false, drawer);
    case "resized":
      return step(questionResized({ ...state, look: { ...state.look, ...input.size } }));
    case "tick":
      return step(state);
    case "card shown":
      return step(cardOf(state) === input.card ? { ...state, card_open: true } : state);
    case "action":
      return takeAction(state, input.action, drawer);
    default:
      return takeResult(state, input, drawer);
  }
}
