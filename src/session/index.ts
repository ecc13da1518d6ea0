export type { RolloutLine } from "./line.ts";
export { LockedError } from "./lock.ts";
export { EventLog, LOG_LEVELS, type LogLevel } from "./log.ts";
export { narrowerMode, narrowerPolicy } from "./narrow.ts";
export { type Moment, pastEvents, StoredPast } from "./past.ts";
export { findRollout, rolloutPath, threadIdOf } from "./paths.ts";
export { type InSlices, readRollout } from "./read.ts";
export { RolloutWriter } from "./rollout.ts";
export { RolloutError } from "./rollout-error.ts";
export type * from "./store.ts";
export { readThread, readThreadInSlices, type StoredThread } from "./thread-state.ts";

/** List, find, name, archive, fork, search, export, import and clean up threads. */
export const loadStore = () => import("./store.ts");
