import type * as screen from "./screen/index.ts";

export { approvalLines, choiceNotes, LETTERS } from "./approval-lines.ts";
export { contextText } from "./entry-lines.ts";
export { pathIn, restoredLines, turnFilesText } from "./files-text.ts";
export { GrowingList } from "./growing-list.ts";
export { itemLines } from "./item-lines.ts";
export { LinePrinter } from "./line-printer.ts";
export { type Markdown, markdownOf } from "./markdown.ts";
export { duration } from "./quantity.ts";
export { retryText } from "./retry-text.ts";
export type * from "./screen/contract.ts";
export { standingLines } from "./standing.ts";
export {
  type Entry,
  emptyTranscript,
  type OpenItem,
  reduce as reduceTranscript,
  type Status,
  type Transcript,
  transcriptOf,
} from "./transcript.ts";
export { workingText } from "./working-text.ts";

/** What the app draws with; loaded by it alone. */
export const loadViews = () => import("./screen/index.ts");

/** What the app draws with; `screen/index.ts`, which only the app loads. */
export type Views = typeof screen;
