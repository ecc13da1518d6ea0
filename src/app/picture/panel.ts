import { SafeText } from "../../term/index.ts";
import type { Card, MenuFacts, Views } from "../../view/index.ts";
import { menuCommandRows } from "../state/menu.ts";
import { pickerRows } from "../state/pickers.ts";
import type { AppState, Menu, Picker } from "../state/state.ts";
import { choiceFacts, composerFacts, inputFacts, questionFacts, statusFacts, workFacts } from "./facts.ts";

/** What stands at the bottom of the screen. */
export type Panel = Pick<Card, "lines" | "caret">;

/** A question, a list, or the composer with what is offered for it; below it the status line. */
export function panelOf(state: AppState, views: Views): Panel {
  const { look } = state;
  const hint =
    state.hint === null ? [] : views.block({ type: "note", lines: [look.theme.dim(state.hint)] }, look, null);
  // What holds in a thread is said once it is known.
  const status = [...hint, state.conversation.opening ? SafeText.of("") : views.status(statusFacts(state), look)];
  // What was said and what is asked are parted: by a rule, inline by a blank line, which scrolls better.
  const parting = state.screen === "fullscreen" ? [views.rule(look)] : look.words ? [] : [SafeText.of("")];
  if (state.questions.length > 0) return stacked(parting, questionCard(state, views), [...airOf(state), ...status]);
  const above = [...parting, ...views.work(workFacts(state), look)];
  if (state.picker !== null) return stacked(above, pickerCard(state, state.picker, views), status);
  const menu = state.menu === null ? null : menuFacts(state.menu);
  const below = menu === null ? [] : views.menu(menu, look);
  return stacked(above, views.composer(composerFacts(state), look), [...below, ...status]);
}

function stacked(above: readonly SafeText[], card: Panel, below: readonly SafeText[]): Panel {
  const { lines, caret } = card;
  return {
    lines: [...above, ...lines, ...below],
    caret: caret === null ? null : { row: caret.row + above.length, column: caret.column },
  };
}

/** From so many rows on, a blank line stands between the answers and the status line. */
const AIRY_ROWS = 16;

const airOf = ({ look }: AppState) => (look.rows < AIRY_ROWS || look.words ? [] : [SafeText.of("")]);

/** The first of the questions that wait. A line is left to the status. */
export function questionCard(state: AppState, views: Views): Card {
  const [first] = state.questions;
  const look = { ...state.look, rows: Math.max(1, state.look.rows - 1 - airOf(state).length) };
  switch (first?.kind) {
    case "approval":
      return views.question(questionFacts(state, first), look);
    case "input":
      return views.input(inputFacts(first), look);
    case "choice":
      return { lines: views.menu(choiceFacts(first), look), caret: null, below: 0, page: 1 };
    case undefined:
      return { lines: [], caret: null, below: 0, page: 1 };
  }
}

/** The list, and below it what is typed to filter it. */
function pickerCard({ look }: AppState, picker: Picker, views: Views): Panel {
  const rows = pickerRows(picker).map(({ row, matched }) => ({
    name: row.name,
    description: row.description,
    matched,
  }));
  const list = views.menu({ title: picker.title, rows, selected: picker.selected, more: 0 }, look);
  const { text, caret } = picker.query;
  const placeholder = rows.length === 0 ? "nothing fits · Esc leaves" : "type to filter · Enter takes · Esc leaves";
  return stacked(list, views.composer({ text, caret, placeholder, vim: null, rows: 1 }, look), []);
}

function menuFacts(menu: Menu): MenuFacts | null {
  if (menu.kind === "command") {
    const rows = menuCommandRows(menu.query).map(({ command, matched }) => ({
      name: `/${command.name}${command.usage === undefined ? "" : ` ${command.usage}`}`,
      description: command.summary,
      matched: matched.map((at) => at + 1),
    }));
    return { title: null, rows, selected: menu.selected, more: 0 };
  }
  if (menu.files.length === 0) return null;
  const rows = menu.files.map(({ path, matched }) => ({ name: path, description: "", matched }));
  return { title: null, rows, selected: menu.selected, more: menu.more };
}
