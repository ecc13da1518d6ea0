import type { RowPlace } from "../../term/index.ts";
import type { Drawer } from "../picture/drawer.ts";
import { changedFirst } from "./questions.ts";
import type { AppState } from "./state.ts";

/** Scrolls by rows; more than 0: towards the beginning. Inline the terminal scrolls. What it costs are the rows that are passed. */
export function scrolled(state: AppState, by: number, drawer: Drawer): AppState {
  if (state.screen !== "fullscreen") return state;
  const rows = rowsOf(state, drawer);
  const from = state.anchor === null ? rows.last : inside(state.anchor, rows);
  if (by < 0) return anchoredAt(state, down(from, -by, rows), rows);
  const window = drawer.page(state) + 1;
  // A window that is full at the top goes no further.
  const above = up(from, by + window - 1, rows).passed;
  return anchoredAt(state, up(from, Math.min(by, above - (window - 1)), rows).place, rows);
}

/** As far up as there is something. */
export function toStart(state: AppState, drawer: Drawer): AppState {
  if (state.screen !== "fullscreen") return state;
  const rows = rowsOf(state, drawer);
  const window = drawer.page(state) + 1;
  const there = anchoredAt(state, down({ block: rows.first, row: -1 }, window, rows), rows);
  return { ...there, rising: state.conversation.since !== null };
}

export function toEnd(state: AppState): AppState {
  return state.anchor === null ? state : { ...state, anchor: null, rising: false };
}

/** The rows of a conversation, block by block; the block behind the last one is what is live. */
interface Rows {
  first: number;
  /** The last row. */
  last: RowPlace;
  of(block: number): number;
}

function rowsOf(state: AppState, drawer: Drawer): Rows {
  const { log } = state.conversation;
  const live = drawer.liveRows(state);
  return {
    first: log.first,
    last: { block: log.end, row: live - 1 },
    of: (block) => (block >= log.end ? live : drawer.rows(log, block, state.look)),
  };
}

/** The place in a block that may have fewer rows by now. */
function inside({ block, row }: RowPlace, rows: Rows): RowPlace {
  return { block, row: Math.min(row, rows.of(block) - 1) };
}

/** The end is no place: who is there follows it. */
function anchoredAt(state: AppState, place: RowPlace, { last }: Rows): AppState {
  const isEnd = place.block > last.block || (place.block === last.block && place.row >= last.row);
  return isEnd ? toEnd(state) : { ...state, anchor: place, rising: false };
}

/** So many rows up, and how many there were. */
function up(from: RowPlace, wanted: number, rows: Rows): { place: RowPlace; passed: number } {
  if (wanted <= 0) return { place: from, passed: 0 };
  let { block, row } = from;
  let passed = 0;
  while (wanted - passed > row && block > rows.first) {
    passed += row + 1;
    block--;
    row = rows.of(block) - 1;
  }
  const moved = Math.max(0, Math.min(wanted - passed, row));
  return { place: { block, row: row - moved }, passed: passed + moved };
}

function down(from: RowPlace, wanted: number, rows: Rows): RowPlace {
  let { block, row } = from;
  let left = wanted;
  for (let count = rows.of(block); row + left >= count; count = rows.of(block)) {
    if (block >= rows.last.block) return rows.last;
    left -= count - row;
    block++;
    row = 0;
  }
  return { block, row: row + left };
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
