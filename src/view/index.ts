export { approvalLines, choiceNotes } from "./approval-lines.ts";
export { itemLines } from "./item-lines.ts";
export { LinePrinter } from "./line-printer.ts";
export { retryText } from "./retry-text.ts";
export { emptyTranscript, type OpenItem, reduce, type Status, type Transcript } from "./transcript.ts";
