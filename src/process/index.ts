export { Capture, type Captured } from "./capture.ts";
export { drain } from "./drain.ts";
export { type LiveEnd, type LiveProcess, type Started, type StartOptions, start, type TerminalSize } from "./live.ts";
export { notStarted, type RunOptions, type RunResult, run } from "./run.ts";
export { type Truncated, truncateMiddle } from "./truncate.ts";
