import type { Kit } from "../kit.ts";
import { takeEvent } from "./events.ts";
import type { AppInput } from "./input.ts";
import { settle } from "./settle.ts";
import type { AppState, Step } from "./state.ts";
import { step } from "./step.ts";

/** What an input makes of the state, and what is to be done. Pure: the same inputs give the same states. */
export function reduceApp(state: AppState, input: AppInput, kit: Kit): Step {
  return settle(state, took({ ...state, now: Math.max(state.now, input.at) }, input, kit));
}

function took(state: AppState, input: AppInput, kit: Kit): Step {
  switch (input.type) {
    case "event":
      return input.thread === state.conversation.number ? takeEvent(state, input.event, kit) : step(state);
    default:
      return step(state);
  }
}
