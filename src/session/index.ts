export type { RolloutLine } from "./line.ts";
export { LockedError } from "./lock.ts";
export { EventLog, LOG_LEVELS, type LogLevel } from "./log.ts";
export { narrowerMode, narrowerPolicy } from "./narrow.ts";
export { pastEvents } from "./past.ts";
export { findRollout, rolloutPath } from "./paths.ts";
export { readRollout } from "./read.ts";
export { RolloutError, RolloutWriter } from "./rollout.ts";
export type * from "./store.ts";
export { readThread, type StoredThread } from "./thread-state.ts";

/** List, find, name, archive, fork, search, export, import and clean up threads. */
export const loadStore = () => import("./store.ts");
