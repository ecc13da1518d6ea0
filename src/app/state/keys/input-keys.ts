import type { UserInputAnswer } from "../../../protocol/index.ts";
import { type Buffer, EMPTY } from "../../composer/buffer.ts";
import { fieldEdited } from "../../composer/field.ts";
import type { AppEffect } from "../effect.ts";
import { answered, changedFirst } from "../questions.ts";
import type { AppState, Asked, Step } from "../state.ts";
import { step } from "../step.ts";
import type { PressedKey } from "./key.ts";

type Input = Extract<Asked, { kind: "input" }>;

/** A key while the model asks. null: it means nothing there. */
export function inputKey(state: AppState, asked: Input, key: PressedKey): Step | null {
  const action = state.setup.keymap.question.get(key.name);
  const question = asked.request.questions[asked.at];
  if (!question) return null;
  const rows = question.options.length + 1;
  if (action === "answer-stop") return leave(state, asked);
  if (action === "answer-up" || action === "answer-down") {
    const by = action === "answer-up" ? rows - 1 : 1;
    return step(changedFirst(state, { ...asked, selected: (asked.selected + by) % rows }));
  }
  const digit = key.text !== null && /^[1-9]$/.test(key.text) ? Number(key.text) - 1 : -1;
  const at = action === "answer-take" ? asked.selected : digit;
  if (at < 0 || at >= rows) return action === undefined ? null : step(state);
  const option = question.options[at];
  return option
    ? give(state, asked, option.label)
    : step(changedFirst(state, { ...asked, selected: at, other: EMPTY }));
}

/** A key in the field for an answer in one's own words. */
export function inputFieldKey(state: AppState, asked: Input, other: Buffer, key: PressedKey): Step {
  const { keymap } = state.setup;
  const action = keymap.field.get(key.name);
  if (action === "field-leave") {
    const options = asked.request.questions[asked.at]?.options ?? [];
    return options.length === 0 ? leave(state, asked) : step(changedFirst(state, { ...asked, other: null }));
  }
  if (action === "field-take") return other.text.trim() === "" ? step(state) : give(state, asked, other.text.trim());
  const next = fieldEdited(other, keymap.composer.get(key.name), key.text);
  return step(next === null ? state : changedFirst(state, { ...asked, other: next }));
}

/** An answer; the next question, or all answers to the model. */
function give(state: AppState, asked: Input, answer: string): Step {
  const id = asked.request.questions[asked.at]?.id ?? "";
  const answers = { ...asked.answers, [id]: { answers: [answer] } };
  const at = asked.at + 1;
  const next = asked.request.questions[at];
  if (!next) return step(answered(state), answerOf(asked, { type: "answered", answers }));
  const other = next.options.length === 0 ? EMPTY : null;
  return step(changedFirst(state, { ...asked, answers, at, selected: 0, other }));
}

/** The model goes on without an answer. */
function leave(state: AppState, asked: Input): Step {
  const answer = { type: "declined", reason: "the user did not want to answer" } as const;
  return step(answered(state), answerOf(asked, answer));
}

function answerOf({ request, child }: Input, answer: UserInputAnswer): AppEffect {
  const whose = child === null ? {} : { thread_id: child };
  return { type: "submit", op: { type: "user_input", call_id: request.call_id, answer, ...whose } };
}
