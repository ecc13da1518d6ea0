export { approvalLines, choiceNotes } from "./approval-lines.ts";
export { changeLines, itemLines, shownCommand } from "./item-lines.ts";
export { contextText, LinePrinter } from "./line-printer.ts";
export { retryText } from "./retry-text.ts";
export { emptyTranscript, type OpenItem, reduce, type Status, type Transcript } from "./transcript.ts";
