import type { Drawer } from "../picture/drawer.ts";
import { PAGER_BLOCKS } from "../state/keys/anywhere.ts";
import { withPast } from "../state/opening.ts";
import { backRows } from "../state/pickers.ts";
import { toStart } from "../state/scroll.ts";
import type { AppState } from "../state/state.ts";
import type { Past } from "./past.ts";

/** All of the past is known: whoever wanted to its beginning, or looks for something in all of it, is given that. */
export function takePast(state: AppState, past: Past, drawer: Drawer): AppState {
  const known = withPast(state, past);
  const next = inPicker(inPager(known, state, drawer));
  return next.rising && next.anchor !== null ? toStart(next, drawer) : next;
}

/** The transcript stays where one reads; searched, or at its beginning, it has everything. */
function inPager(state: AppState, before: AppState, drawer: Drawer): AppState {
  const { pager } = state;
  if (pager === null || pager.of.type !== "transcript" || pager.of.from !== before.conversation.log.first) return state;
  const { first, end } = state.conversation.log;
  const isAtStart = pager.top === 0 && pager.search === null;
  const from = isAtStart || pager.search !== null ? first : Math.max(first, end - PAGER_BLOCKS);
  const next = { ...state, pager: { ...pager, of: { ...pager.of, from } } };
  const more = drawer.pagerText(next).lines.length - drawer.pagerText(before).lines.length;
  return isAtStart ? next : drawer.pagerAt(next, pager.top + more);
}

function inPicker(state: AppState): AppState {
  const { picker } = state;
  return picker?.use.type === "back" ? { ...state, picker: { ...picker, rows: backRows(state) } } : state;
}
