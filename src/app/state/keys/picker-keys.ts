import { bufferOf } from "../../composer/buffer.ts";
import { edited } from "../../composer/composer.ts";
import { fieldEdited, fieldPasted } from "../../composer/field.ts";
import { messageOf, pickerRows } from "../pickers.ts";
import type { AppState, Picker, Step } from "../state.ts";
import { step } from "../step.ts";
import { NOT_YET } from "../waiting.ts";
import type { PressedKey } from "./key.ts";

/** A key in a list to choose from: what is typed filters it. */
export function pickerKey(state: AppState, action: string | undefined, key: PressedKey): Step {
  const { picker } = state;
  if (picker === null) return step(state);
  switch (action) {
    case "picker-leave":
      return left(state, picker);
    case "picker-take":
      return taken(state, picker);
    case "picker-up":
      return step(movedRow(state, picker, -1));
    case "picker-down":
      return step(movedRow(state, picker, 1));
    default: {
      const query = fieldEdited(picker.query, state.setup.keymap.composer.get(key.name), key.text);
      return step(query === null ? state : { ...state, picker: { ...picker, query, selected: 0 } });
    }
  }
}

export function pickerPaste(state: AppState, text: string): AppState {
  const { picker } = state;
  return picker === null
    ? state
    : { ...state, picker: { ...picker, query: fieldPasted(picker.query, text), selected: 0 } };
}

function movedRow(state: AppState, picker: Picker, by: -1 | 1): AppState {
  const count = pickerRows(picker).length;
  return count === 0 ? state : { ...state, picker: { ...picker, selected: (picker.selected + by + count) % count } };
}

function left(state: AppState, { use }: Picker): Step {
  const closed = { ...state, picker: null };
  return use.type === "answer" ? step(closed, { type: "answer", id: use.id, value: null }) : step(closed);
}

function taken(state: AppState, picker: Picker): Step {
  const { use, selected } = picker;
  const row = pickerRows(picker)[selected]?.row;
  if (!row) return step(state);
  const closed = { ...state, picker: null };
  if (use.type === "answer") return step(closed, { type: "answer", id: use.id, value: row.id });
  const index = Number(row.id);
  if (use.type === "prompt") return step(withText(closed, state.prompts[index] ?? ""));
  if (state.opening) return step({ ...closed, hint: NOT_YET });
  const { thread_id } = state.conversation;
  const { back, text } = messageOf(state, index);
  return step(withText(closed, text), { type: "thread", target: { to: "fork", thread_id, back } });
}

const withText = (state: AppState, text: string): AppState => ({
  ...state,
  composer: edited(state.composer, bufferOf(text)),
});
