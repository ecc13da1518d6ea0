// What the app draws. All of it is pure, and no line is wider than `look.columns`.
import type { Item, TodoList } from "../../protocol/index.ts";
import type { SafeText } from "../../term/index.ts";
import type { Look } from "./contract.ts";
import { readDiffs } from "./items/diff.ts";
import { itemRows, planRows } from "./items/item.ts";
import { fileRows } from "./items/patch.ts";
import { painted } from "./text/line.ts";

export { block, isApart, whole } from "./block.ts";
export { composer } from "./composer.ts";
export type * from "./contract.ts";
export { input } from "./input.ts";
export { emptySplit, type Split, splitMarkdown, splitMore } from "./markdown/split.ts";
export { menu } from "./menu.ts";
export { open } from "./open.ts";
export { pager, pagerRows } from "./pager.ts";
export { question } from "./question.ts";
export { rule, status } from "./status.ts";
export { work } from "./work.ts";

/** A finished item, folded. */
export function item(shown: Item, look: Look): readonly SafeText[] {
  return itemRows(shown, { denial: null, took_ms: null }, look, "folded").map(painted);
}

/** The steps of a plan. */
export function plan(steps: TodoList["items"], look: Look): readonly SafeText[] {
  return planRows(steps, look).map(painted);
}

/** A unified diff of any number of files with colours; side by side when the window is wide enough. */
export function diff(unified: string, look: Look): readonly SafeText[] {
  return readDiffs(unified)
    .flatMap((file, index) => [...(index === 0 ? [] : [[]]), ...fileRows(file, look)])
    .map(painted);
}
