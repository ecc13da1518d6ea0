import { EMPTY } from "../composer/buffer.ts";
import { rank } from "../fuzzy.ts";
import { saidIn } from "../past/said.ts";
import type { PickRow } from "./input.ts";
import type { AppConversation, AppState, Picker } from "./state.ts";

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
  const rows = backRows(state);
  if (rows.length === 0) return { ...state, hint: "nothing was said yet" };
  return { ...state, picker: newPicker({ type: "back" }, "Go back to before", rows) };
}

/** Messages that one can go back to, the latest first. Their ids count from the first one of this run: what was before that is below 0. */
export function backRows({ conversation }: AppState): PickRow[] {
  const before = conversation.past?.said ?? [];
  const texts = [...before.map(({ text }) => text), ...saidNow(conversation)];
  return texts
    .map((text, index) => ({ id: String(index - before.length), name: oneLine(text), description: "" }))
    .reverse();
}

/** The message with such an id: how many there are from it on, and all of its text. */
export function messageOf({ conversation }: AppState, id: number): { back: number; text: string } {
  const { past, log } = conversation;
  const now = saidNow(conversation);
  const back = now.length - id;
  if (id >= 0) return { back, text: now[id] ?? "" };
  const said = past?.said.at(id);
  const block = said && log.at(said.block);
  const whole = block?.type === "entry" && block.entry.type === "user" ? block.entry.text : null;
  return { back, text: whole ?? said?.text ?? "" };
}

/** What the person said since the thread was opened, in order. */
function saidNow({ transcript }: AppConversation): string[] {
  return saidIn(transcript.entries, []).map(({ text }) => text);
}

const oneLine = (text: string) => text.replace(/\s*\n\s*/g, " ").trim();
