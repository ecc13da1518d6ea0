import { EMPTY } from "../composer/buffer.ts";
import { rank } from "../fuzzy.ts";
import { saidIn } from "../past/said.ts";
import type { PickRow } from "./input.ts";
import type { AppConversation, AppState, Picker, Step } from "./state.ts";
import { step } from "./step.ts";

/** A row that fits, with the places of what was found. */
interface FoundRow {
  row: PickRow;
  matched: readonly number[];
}

/** The last query of a list and its rows: they are wanted for the key, for each picture, and for what is shown below them. */
const lately = new WeakMap<readonly PickRow[], { query: string; found: readonly FoundRow[] }>();

/** Rows that fit what was typed, the best first. */
export function pickerRows({ rows, query }: Pick<Picker, "rows" | "query">): readonly FoundRow[] {
  const known = lately.get(rows);
  if (known?.query === query.text) return known.found;
  const names = rows.map(({ name }) => name);
  const found = rank(names, query.text).flatMap(({ index, matched }) => {
    const row = rows[index];
    return row ? [{ row, matched }] : [];
  });
  lately.set(rows, { query: query.text, found });
  return found;
}

export function newPicker(use: Picker["use"], title: string, rows: readonly PickRow[]): Picker {
  return { use, title, rows, query: EMPTY, selected: 0, peeks: null };
}

/** Asks for more of the row that is chosen, where the list shows that and it is not known yet. */
export function peeking(state: AppState): Step {
  const { picker } = state;
  const id = picker === null ? undefined : pickerRows(picker)[picker.selected]?.row.id;
  if (picker === null || picker.peeks === null || id === undefined || picker.peeks.has(id)) return step(state);
  const peeks = new Map(picker.peeks).set(id, []);
  return step({ ...state, picker: { ...picker, peeks } }, { type: "peek", id });
}

/** Takes what was found out about a row. */
export function peeked(state: AppState, id: string, lines: readonly string[]): AppState {
  const { picker } = state;
  if (!picker?.peeks?.has(id)) return state;
  return { ...state, picker: { ...picker, peeks: new Map(picker.peeks).set(id, lines) } };
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
