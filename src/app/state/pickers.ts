import { EMPTY } from "../composer/buffer.ts";
import { rank } from "../fuzzy.ts";
import type { PickRow } from "./input.ts";
import type { AppState, Picker } from "./state.ts";

/** Rows that fit what was typed, the best first, with the places of what was found. */
export function pickerRows({ rows, query }: Picker): { row: PickRow; matched: readonly number[] }[] {
  const names = rows.map(({ name }) => name);
  return rank(names, query.text).flatMap(({ index, matched }) => {
    const row = rows[index];
    return row ? [{ row, matched }] : [];
  });
}

export function newPicker(use: Picker["use"], title: string, rows: readonly PickRow[]): Picker {
  return { use, title, rows, query: EMPTY, selected: 0 };
}

/** Earlier prompts to search in. */
export function promptPicker(state: AppState): AppState {
  if (state.prompts.length === 0) return { ...state, hint: "nothing was typed before" };
  const rows = state.prompts.map((text, index) => ({ id: String(index), name: oneLine(text), description: "" }));
  return { ...state, picker: newPicker({ type: "prompt" }, "Earlier prompts", rows) };
}

/** What the person said in this thread, the latest first. */
export function backPicker(state: AppState): AppState {
  const said = saidIn(state);
  if (said.length === 0) return { ...state, hint: "nothing was said yet" };
  const rows = said.map((text, index) => ({ id: String(index), name: oneLine(text), description: "" })).reverse();
  return { ...state, picker: newPicker({ type: "back" }, "Go back to before", rows) };
}

/** What the person said, in order. */
export function saidIn({ conversation }: AppState): string[] {
  return [...conversation.transcript.entries].flatMap((entry) => (entry.type === "user" ? [entry.text] : []));
}

const oneLine = (text: string) => text.replace(/\s*\n\s*/g, " ").trim();
