/** Everything that is done with stored threads beside writing and resuming one; loaded when it is needed. */
export { toHtml } from "./export/html.ts";
export { toMarkdown } from "./export/markdown.ts";
export {
  type ExportedEntry as Entry,
  type ExportedTranscript as Transcript,
  readTranscript,
} from "./export/transcript.ts";
export type { FoundSession, SourceAgent } from "./import/contract.ts";
export { ForeignFile } from "./import/foreign-file.ts";
export { type Importer, type ImportResult, openImporter, recognize } from "./import/import.ts";
export { PEERS, type PeerName } from "./import/peers.ts";
export type { ThreadSummary } from "./scan.ts";
export { type FoundThread, findThread } from "./stored/find.ts";
export { type LastExchange, lastExchange } from "./stored/last-exchange.ts";
export { filterThreads, type ListOptions, listThreads } from "./stored/list.ts";
export {
  archiveThread,
  deleteThread,
  type ForkOptions,
  forkInSlices,
  forkThread,
  renameThread,
} from "./stored/manage.ts";
export { DEFAULT_QUOTA, type GcPlan, planGc, runGc, type StoreSize, storeSize, threadsInUse } from "./stored/quota.ts";
export { type Rewound, rewindInSlices } from "./stored/rewind.ts";
export { type SearchMatch, type SearchResult, searchThreads } from "./stored/search.ts";
