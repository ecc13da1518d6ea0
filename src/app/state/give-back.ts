import { edited } from "../composer/composer.ts";
import type { Attached } from "../composer/placeholders.ts";
import type { AppState, Waiting } from "./state.ts";
import { withConversation } from "./step.ts";

/** What waits goes back into the composer, before what is written there. `which`: all of it, or what was to be sent after the turn. */
export function giveBack(state: AppState, which: "all" | "after"): AppState {
  const { waiting } = state.conversation;
  const back = waiting.filter(({ when }) => which === "all" || when === "after");
  if (back.length === 0) return state;
  const kept = waiting.filter((one) => !back.includes(one));
  return written(withConversation(state, { waiting: kept }), back);
}

/** Puts messages into the composer, a line between them. */
export function written(state: AppState, messages: readonly Pick<Waiting, "composer">[]): AppState {
  const { composer } = state;
  const texts = [...messages.map((one) => one.composer.text), composer.text].filter((text) => text.trim() !== "");
  const text = texts.join("\n\n");
  const attached: Attached[] = [...composer.attached, ...messages.flatMap((one) => one.composer.attached)];
  return { ...state, composer: { ...edited(composer, { text, caret: text.length }), attached } };
}
