import type { Drawer } from "../picture/drawer.ts";
import { changedFirst } from "./questions.ts";
import type { AppState } from "./state.ts";

/** Rows of the conversation below the last one that is seen. */
export function rowsBelow(state: AppState, drawer: Drawer): number {
  const { anchor, conversation, look } = state;
  if (anchor === null) return 0;
  const { log } = conversation;
  const live = drawer.liveRows(state);
  if (anchor.block >= log.length) return Math.max(0, live - 1 - anchor.row);
  const own = drawer.rows(log, anchor.block, look);
  return live + drawer.rowsFrom(log, anchor.block, look) - Math.min(own, anchor.row + 1);
}

/** Scrolls by rows; more than 0: towards the beginning. Inline the terminal scrolls. */
export function scrolled(state: AppState, by: number, drawer: Drawer): AppState {
  if (state.screen !== "fullscreen") return state;
  return anchored(state, rowsBelow(state, drawer) + by, drawer);
}

export function toStart(state: AppState, drawer: Drawer): AppState {
  return scrolled(state, Number.MAX_SAFE_INTEGER, drawer);
}

export function toEnd(state: AppState): AppState {
  return state.anchor === null ? state : { ...state, anchor: null };
}

/** The row that has so many below it, or the one nearest to it that leaves the window full. */
function anchored(state: AppState, below: number, drawer: Drawer): AppState {
  if (below <= 0) return toEnd(state);
  const { log } = state.conversation;
  const live = drawer.liveRows(state);
  const seen = drawer.page(state) + 1;
  const first = drawer.reaching(log, below + seen - live, state.look);
  const rows = live + drawer.rowsFrom(log, first, state.look);
  // All there is: the beginning stays at the top.
  const wanted = Math.min(below, rows - seen);
  return wanted <= 0 ? toEnd(state) : { ...state, anchor: anchorAt(state, wanted, live, drawer) };
}

function anchorAt(state: AppState, below: number, live: number, drawer: Drawer): AppState["anchor"] {
  const { log } = state.conversation;
  if (below < live) return { block: log.length, row: live - 1 - below };
  const left = below - live;
  const block = drawer.reaching(log, left + 1, state.look);
  return { block, row: drawer.rowsFrom(log, block, state.look) - left - 1 };
}

export function scrolledPager(state: AppState, rows: number, drawer: Drawer): AppState {
  return drawer.pagerAt(state, (state.pager?.top ?? 0) + rows);
}

/** Scrolls the question as far as there is more of it, downwards by no more than is seen. Once its end is there, it has been read. */
export function scrolledQuestion(state: AppState, rows: number, drawer: Drawer): AppState {
  const [first, ...others] = state.questions;
  if (first?.kind !== "approval") return state;
  const by = rows > 0 ? Math.min(rows, drawer.questionBelow(state), drawer.questionPage(state)) : rows;
  const next = { ...state, questions: [{ ...first, scroll: Math.max(0, first.scroll + by) }, ...others] };
  if (first.read || by <= 0 || drawer.questionBelow(next) > 0) return next;
  return changedFirst(next, { ...first, scroll: first.scroll + by, read: true });
}
