export { itemLines, shownCommand } from "./item-lines.ts";
export { emptyTranscript, type OpenItem, reduce, type Status, type Transcript } from "./transcript.ts";
