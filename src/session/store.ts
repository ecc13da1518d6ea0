/** Everything that is done with stored threads beside writing and resuming one; loaded when it is needed. */
export { toHtml } from "./export/html.ts";
export { toMarkdown } from "./export/markdown.ts";
export { type Entry, readTranscript, type Transcript } from "./export/transcript.ts";
export { type FoundThread, findThread } from "./find.ts";
export { type ForkOptions, forkThread } from "./fork/fork.ts";
export { type Rewound, rewindThread } from "./fork/rewind.ts";
export { codexFiles, codexImporter, type ImportResult } from "./import/import.ts";
export { filterThreads, type ListOptions, listThreads } from "./list.ts";
export { archiveThread, deleteThread, renameThread } from "./manage.ts";
export { DEFAULT_QUOTA, type GcPlan, planGc, runGc, type StoreSize, storeSize } from "./quota.ts";
export type { ThreadSummary } from "./scan.ts";
export { type SearchMatch, type SearchResult, searchThreads } from "./search.ts";
