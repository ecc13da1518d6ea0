export type { Captured } from "./capture.ts";
export { notStarted, type RunOptions, type RunResult, run } from "./run.ts";
export { type Truncated, truncateMiddle } from "./truncate.ts";
