import type { InputPart } from "../../protocol/index.ts";
import { partsOf } from "../composer/placeholders.ts";
import type { AppState, Step, Waiting } from "./state.ts";
import { step, withConversation } from "./step.ts";

/** Why something is not done while a thread is being opened. */
export const NOT_YET = "the thread is still being read; in a moment";

/** What the thread will show of this input, as `promptText` has it. */
function shownText(input: readonly InputPart[]): string {
  return input.map((part) => (part.type === "text" ? part.text : "[image]")).join("\n");
}

/** A message as it waits. */
export function waitingOf(composer: Waiting["composer"], when: Waiting["when"]): Waiting {
  const { text, attached } = composer;
  return { text: shownText(partsOf(text, attached)), when, composer: { text, attached } };
}

/** The turn is over: the next message that waits for that is sent. */
export function sendNext(state: AppState): Step {
  const { waiting } = state.conversation;
  const at = waiting.findIndex(({ when }) => when === "after");
  const next = waiting[at];
  // What was told to the turn and came too late begins the next one by itself.
  if (!next || waiting.some(({ when }) => when === "now")) return step(state);
  const input = partsOf(next.composer.text, next.composer.attached);
  return step(withConversation(state, { waiting: waiting.toSpliced(at, 1) }), {
    type: "submit",
    op: { type: "user_turn", input },
  });
}
