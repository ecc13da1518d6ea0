import { type ApprovalChoice, carryOut, type Decision } from "../../../protocol/index.ts";
import { bufferOf, EMPTY } from "../../composer/buffer.ts";
import { fieldEdited, fieldPasted } from "../../composer/field.ts";
import type { Drawer } from "../../picture/drawer.ts";
import { decisionFor } from "../../question.ts";
import { answered, cardOf, changedFirst } from "../questions.ts";
import { scrolledQuestion } from "../scroll.ts";
import type { AppState, Asked, Step } from "../state.ts";
import { step, withConversation } from "../step.ts";
import { composerKey, composerPaste } from "./composer-keys.ts";
import { inputFieldKey, inputKey } from "./input-keys.ts";
import type { PressedKey } from "./key.ts";

type Approval = Extract<Asked, { kind: "approval" }>;
type Choice = Extract<Asked, { kind: "choice" }>;

/** A key while a question is on the screen; null: it means nothing there. */
export function questionKey(state: AppState, key: PressedKey, drawer: Drawer): Step | null {
  const [first] = state.questions;
  if (!first) return null;
  if (first.kind === "approval" && (first.step.type === "edit" || first.step.type === "reason"))
    return fieldKey(state, first, key);
  if (first.kind === "input" && first.other !== null && state.card_open)
    return inputFieldKey(state, first, first.other, key);
  // It could not be read yet, or nobody typed it: it was meant for the line.
  if (!state.card_open || key.burst) return forLine(state, key, drawer);
  if (first.kind === "input") return inputKey(state, first, key);
  return first.kind === "approval" ? approvalKey(state, first, key, drawer) : choiceKey(state, first, key);
}

/** What was typed before the question could be read goes into the composer, and whoever types gets the time anew. */
function forLine(state: AppState, key: PressedKey, drawer: Drawer): Step {
  const writes = key.text !== null || (state.composer.text !== "" && OF_A_LINE.includes(key.name));
  if (!writes) return step(state);
  return timedAnew(composerKey(state, key, drawer) ?? step(state));
}

/** The card must be on the screen for its time from now on. */
function timedAnew({ state, effects }: Step): Step {
  const card = cardOf(state);
  return card === null
    ? { state, effects }
    : step({ ...state, card_open: false }, ...effects, { type: "show card", card });
}

/** Keys without a character that mean something in a line that has been begun; Escape and arrows were meant for what is gone. */
const OF_A_LINE: readonly string[] = ["enter", "backspace"];

/** Nothing that is pasted answers a question. */
export function questionPaste(state: AppState, text: string): Step {
  const [first] = state.questions;
  if (first?.kind === "approval" && (first.step.type === "edit" || first.step.type === "reason"))
    return step(changedFirst(state, { ...first, step: { ...first.step, field: fieldPasted(first.step.field, text) } }));
  return timedAnew(composerPaste(state, text));
}

const ANSWERS: Readonly<Record<string, Decision["type"]>> = {
  "answer-once": "approved",
  "answer-session": "session",
  "answer-always": "always",
  "answer-edit": "edited",
  "answer-no": "denied",
  "answer-stop": "abort",
};

function approvalKey(state: AppState, asked: Approval, key: PressedKey, drawer: Drawer): Step | null {
  const action = state.setup.keymap.question.get(key.name);
  if (asked.step.type === "rule") return ruleKey(state, asked, action, drawer);
  const { choices } = asked.request;
  if (action === "question-up" || action === "question-down")
    return step(scrolledQuestion(state, action === "question-up" ? -PAGE_ROWS : PAGE_ROWS, drawer));
  if (action === "answer-up" || action === "answer-down")
    return step(changedFirst(state, { ...asked, selected: movedTo(asked.selected, action, choices.length) }));
  const at = rowOf(key, action, asked.selected, choices.length);
  const named = action === undefined || !Object.hasOwn(ANSWERS, action) ? undefined : ANSWERS[action];
  const choice = at === null ? choices.find(({ decision }) => decision === named) : choices[at];
  if (choice) return chosen(state, asked, choice, drawer);
  // Stopping is always possible, also where it is not offered.
  if (action === "answer-stop") return decide(state, asked, { type: "abort" });
  return action === undefined ? null : step(state);
}

/** Rows that a page of a question scrolls. */
const PAGE_ROWS = 5;

/** The row that a digit or Enter means. */
function rowOf(
  { text }: PressedKey,
  action: string | undefined,
  selected: number | null,
  count: number,
): number | null {
  if (action === "answer-take") return selected;
  const at = text !== null && /^[1-9]$/.test(text) ? Number(text) - 1 : -1;
  return at >= 0 && at < count ? at : null;
}

function movedTo(selected: number | null, action: string, count: number): number {
  if (selected === null) return action === "answer-up" ? count - 1 : 0;
  return (selected + (action === "answer-up" ? count - 1 : 1)) % count;
}

/** All that is asked has been on the screen: what lets something run is agreed to only then. */
function wasRead(state: AppState, asked: Approval, drawer: Drawer): boolean {
  return asked.read || drawer.questionBelow(state) === 0;
}

function chosen(state: AppState, asked: Approval, choice: ApprovalChoice, drawer: Drawer): Step {
  switch (choice.decision) {
    case "always":
      return step(changedFirst(state, { ...asked, step: { type: "rule" }, scroll: 0, read: false }));
    case "edited":
      return step(changedFirst(state, { ...asked, step: { type: "edit", field: bufferOf(choice.command ?? "") } }));
    case "denied":
      return step(changedFirst(state, { ...asked, step: { type: "reason", field: EMPTY } }));
    case "abort":
      return decide(state, asked, { type: "abort" });
    default:
      if (!wasRead(state, asked, drawer)) return step(scrolledQuestion(state, drawer.questionPage(state), drawer));
      return decide(state, asked, decisionFor(choice, ""));
  }
}

/** The rule was shown: Enter, or the letter again, writes it. */
function ruleKey(state: AppState, asked: Approval, action: string | undefined, drawer: Drawer): Step {
  if (action === "answer-stop")
    return step(changedFirst(state, { ...asked, step: { type: "choose" }, scroll: 0, read: false }));
  if (action === "question-up" || action === "question-down")
    return step(scrolledQuestion(state, action === "question-up" ? -PAGE_ROWS : PAGE_ROWS, drawer));
  const choice = asked.request.choices.find(({ decision }) => decision === "always");
  const confirms = action === "answer-take" || action === "answer-always" || action === "answer-once";
  if (confirms && !wasRead(state, asked, drawer))
    return step(scrolledQuestion(state, drawer.questionPage(state), drawer));
  return confirms && choice ? decide(state, asked, decisionFor(choice, "")) : step(state);
}

/** A key in the field of the second step. */
function fieldKey(state: AppState, asked: Approval, key: PressedKey): Step {
  const { step: at } = asked;
  if (at.type !== "edit" && at.type !== "reason") return step(state);
  const { keymap } = state.setup;
  const action = keymap.field.get(key.name);
  if (action === "field-leave") return step(changedFirst(state, { ...asked, step: { type: "choose" } }));
  if (action === "field-take") return fieldTaken(state, asked, at.type, at.field.text.trim());
  const field = fieldEdited(at.field, keymap.composer.get(key.name), key.text);
  return step(field === null ? state : changedFirst(state, { ...asked, step: { type: at.type, field } }));
}

function fieldTaken(state: AppState, asked: Approval, type: "edit" | "reason", text: string): Step {
  if (type === "reason")
    return decide(state, asked, text === "" ? { type: "denied" } : { type: "denied", reason: text });
  // Nothing is no command.
  return text === "" ? step(state) : decide(state, asked, { type: "edited", command: text });
}

function decide(state: AppState, { request, child }: Approval, decision: Decision): Step {
  const whose = child === null ? {} : { thread_id: child };
  const stops = decision.type === "abort" ? withConversation(state, { stopping: true }) : state;
  return step(answered(stops), {
    type: "submit",
    op: { type: "approval", call_id: request.call_id, decision, ...whose },
  });
}

function choiceKey(state: AppState, asked: Choice, key: PressedKey): Step | null {
  const action = state.setup.keymap.question.get(key.name);
  if (action === "answer-stop") return choiceTaken(state, asked, null);
  if (action === "answer-up" || action === "answer-down")
    return step(changedFirst(state, { ...asked, selected: movedTo(asked.selected, action, asked.rows.length) }));
  const at =
    rowOf(key, action, asked.selected, asked.rows.length) ?? asked.rows.findIndex((row) => row.key === key.text);
  const row = asked.rows[at];
  if (row) return choiceTaken(state, asked, row.key);
  return action === undefined ? null : step(state);
}

/** `letter`: of the row; null: it was left. */
function choiceTaken(state: AppState, { use }: Choice, letter: string | null): Step {
  const next = answered(state);
  if (use.type === "answer")
    return step(next, { type: "answer", id: use.id, value: letter === null ? null : letter === "y" });
  switch (letter) {
    case "y":
      return step(withConversation(next, { busy: true }), { type: "submit", op: carryOut(use.plan) });
    case "t":
      return step({ ...next, first_op: carryOut(use.plan) }, { type: "thread", target: { to: "new" } });
    case "e":
      return step({ ...next, editing_plan: use.plan }, { type: "edit", text: use.plan });
    default:
      return step(next);
  }
}
