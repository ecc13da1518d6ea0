export { approvalLines, choiceNotes } from "./approval-lines.ts";
export { contextText } from "./entry-lines.ts";
export { itemLines } from "./item-lines.ts";
export { LinePrinter } from "./line-printer.ts";
export { retryText } from "./retry-text.ts";
export { standingLines } from "./standing.ts";
export { type Transcript, transcriptOf } from "./transcript.ts";
