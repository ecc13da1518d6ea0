import { keyLines } from "../../keymap/help.ts";
import type { Drawer } from "../../picture/drawer.ts";
import { lastFolded } from "../folded.ts";
import { scrolled, toEnd, toStart } from "../scroll.ts";
import type { AppState, Pager, Step } from "../state.ts";
import { step } from "../step.ts";

/** Blocks that a pager begins with, and those before them that follow when one goes there: drawn whole within a few frames. */
export const PAGER_BLOCKS = 100;

export const newPager = (title: string, of: Pager["of"]): Pager => ({ title, of, top: 0, search: null, typing: false });

/** Keys that work wherever nothing else has them. */
export function anywhere(state: AppState, action: string | undefined, drawer: Drawer): Step {
  switch (action) {
    case "transcript":
      return step(openTranscript(state, drawer));
    case "plan":
      return step(openPlan(state));
    case "open-last":
      return step(openLast(state));
    case "page-up":
      return step(scrolled(state, drawer.page(state), drawer));
    case "page-down":
      return step(scrolled(state, -drawer.page(state), drawer));
    case "scroll-start":
      return step(toStart(state, drawer));
    case "scroll-end":
      return step(toEnd(state));
    default:
      return step(state);
  }
}

function openTranscript(state: AppState, drawer: Drawer): AppState {
  const { first, end } = state.conversation.log;
  const from = Math.max(first, end - PAGER_BLOCKS);
  const opened = { ...state, pager: newPager("Everything that was said", { type: "transcript", from }) };
  return drawer.pagerAt(opened, Number.POSITIVE_INFINITY);
}

function openPlan(state: AppState): AppState {
  if (state.conversation.transcript.plan === null) return { ...state, hint: "there is no plan yet" };
  return { ...state, pager: newPager("The plan", { type: "plan" }) };
}

function openLast(state: AppState): AppState {
  const index = lastFolded(state.conversation.log);
  if (index === null) return { ...state, hint: "nothing is folded" };
  return { ...state, pager: newPager("", { type: "block", index, back: null }) };
}

/** Blocks to choose from, the last one chosen. */
export function openBlocks(state: AppState, drawer: Drawer): AppState {
  const { first, end, length } = state.conversation.log;
  if (length === 0) return { ...state, hint: "nothing was said yet" };
  const of = { type: "blocks", selected: end - 1, from: Math.max(first, end - PAGER_BLOCKS) } as const;
  return drawer.pagerAt({ ...state, pager: newPager("Choose what to open", of) }, Number.POSITIVE_INFINITY);
}

/** Every key as it is set. */
export function openKeys(state: AppState): AppState {
  return { ...state, pager: newPager("Keys", { type: "text", lines: keyLines(state.setup.keymap.rows) }) };
}
