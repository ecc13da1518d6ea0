import { EMPTY } from "../../composer/buffer.ts";
import { fieldEdited, fieldPasted } from "../../composer/field.ts";
import type { Drawer } from "../../picture/drawer.ts";
import type { AppState, Pager, Step } from "../state.ts";
import { step } from "../step.ts";
import { newPager, openBlocks, PAGER_BLOCKS } from "./anywhere.ts";
import type { PressedKey } from "./key.ts";

/** A key in the pager. */
export function pagerKey(state: AppState, action: string | undefined, key: PressedKey, drawer: Drawer): Step {
  const { pager } = state;
  if (pager === null) return step(state);
  if (pager.typing) return step(searchKey(state, pager, key, drawer));
  const page = drawer.pagerPage(state);
  switch (action) {
    case "pager-up":
      return step(up(state, pager, 1, drawer));
    case "pager-down":
      return step(down(state, pager, 1, drawer));
    case "pager-page-up":
      return step(up(state, pager, page, drawer));
    case "pager-page-down":
      return step(down(state, pager, page, drawer));
    case "pager-start":
      return step(toStart(state, pager, drawer));
    case "pager-end":
      return step(toEnd(state, pager, drawer));
    case "pager-search":
      return step({ ...state, pager: { ...pager, search: EMPTY, typing: true } });
    case "pager-next":
      return step(toFound(state, 1, drawer));
    case "pager-previous":
      return step(toFound(state, -1, drawer));
    case "pager-open":
      return step(opened(state, pager));
    case "pager-leave":
      return step(left(state, pager, drawer));
    default:
      return step(state);
  }
}

export function pagerPaste(state: AppState, text: string): AppState {
  const { pager } = state;
  if (!pager?.typing) return state;
  return { ...state, pager: { ...pager, search: fieldPasted(pager.search ?? EMPTY, text) } };
}

/** What is searched for is found while it is typed. */
function searchKey(state: AppState, pager: Pager, key: PressedKey, drawer: Drawer): AppState {
  const { keymap } = state.setup;
  const action = keymap.field.get(key.name);
  if (action === "field-leave") return { ...state, pager: { ...pager, search: null, typing: false } };
  if (action === "field-take") return { ...state, pager: { ...pager, typing: false } };
  const search = fieldEdited(pager.search ?? EMPTY, keymap.composer.get(key.name), key.text);
  if (search === null) return state;
  // Everything is searched, not only what was loaded so far.
  const all =
    pager.of.type === "transcript" ? { ...pager, of: { ...pager.of, from: state.conversation.log.first } } : pager;
  const next = { ...state, pager: { ...(pager.search?.text === "" ? all : pager), search } };
  const [first] = drawer.found(next).filter((line) => line >= (pager.search?.text === "" ? 0 : pager.top));
  return first === undefined ? next : drawer.pagerAt(next, first);
}

function toFound(state: AppState, by: -1 | 1, drawer: Drawer): AppState {
  const found = drawer.found(state);
  const top = state.pager?.top ?? 0;
  const next =
    by === 1 ? (found.find((line) => line > top) ?? found[0]) : (found.findLast((line) => line < top) ?? found.at(-1));
  return next === undefined ? state : drawer.pagerAt(state, next);
}

function up(state: AppState, pager: Pager, rows: number, drawer: Drawer): AppState {
  if (pager.of.type === "blocks") return choose(state, pager, pager.of.selected - blocksOf(rows), drawer);
  const { first } = state.conversation.log;
  if (pager.of.type !== "transcript" || pager.top >= rows || pager.of.from === first)
    return drawer.pagerAt(state, pager.top - rows);
  // The blocks before those that are there.
  const before = drawer.pagerText(state).lines.length;
  const from = Math.max(first, pager.of.from - PAGER_BLOCKS);
  const more = { ...state, pager: { ...pager, of: { ...pager.of, from } } };
  return drawer.pagerAt(more, pager.top + drawer.pagerText(more).lines.length - before - rows);
}

function down(state: AppState, pager: Pager, rows: number, drawer: Drawer): AppState {
  if (pager.of.type === "blocks") return choose(state, pager, pager.of.selected + blocksOf(rows), drawer);
  return drawer.pagerAt(state, pager.top + rows);
}

/** Blocks that a page goes over. */
const blocksOf = (rows: number) => (rows === 1 ? 1 : 5);

function toStart(state: AppState, pager: Pager, drawer: Drawer): AppState {
  if (pager.of.type === "blocks") return choose(state, pager, Number.NEGATIVE_INFINITY, drawer);
  const all =
    pager.of.type === "transcript" ? { ...pager, of: { ...pager.of, from: state.conversation.log.first } } : pager;
  return drawer.pagerAt({ ...state, pager: all }, 0);
}

function toEnd(state: AppState, pager: Pager, drawer: Drawer): AppState {
  if (pager.of.type === "blocks") return choose(state, pager, Number.POSITIVE_INFINITY, drawer);
  return drawer.pagerAt(state, Number.POSITIVE_INFINITY);
}

/** Chooses a block and keeps it in sight. */
function choose(state: AppState, pager: Pager, wanted: number, drawer: Drawer): AppState {
  if (pager.of.type !== "blocks") return state;
  const { first, end } = state.conversation.log;
  const selected = Math.min(Math.max(first, wanted), end - 1);
  const from = selected < pager.of.from ? Math.max(first, selected - PAGER_BLOCKS) : pager.of.from;
  const next = { ...state, pager: { ...pager, of: { type: "blocks" as const, selected, from } } };
  const { chosen } = drawer.pagerText(next);
  if (chosen === null) return next;
  const page = drawer.pagerPage(state);
  if (chosen.from < pager.top || from !== pager.of.from) return drawer.pagerAt(next, chosen.from);
  return chosen.to > pager.top + page ? drawer.pagerAt(next, Math.min(chosen.from, chosen.to - page)) : next;
}

function opened(state: AppState, { of }: Pager): AppState {
  if (of.type !== "blocks") return state;
  return { ...state, pager: newPager("", { type: "block", index: of.selected, back: of.selected }) };
}

/** Back to the blocks where one came from them, else to the composer. */
function left(state: AppState, { of }: Pager, drawer: Drawer): AppState {
  if (of.type !== "block" || of.back === null) return { ...state, pager: null };
  const list = openBlocks({ ...state, pager: null }, drawer);
  return list.pager === null ? list : choose(list, list.pager, of.back, drawer);
}
