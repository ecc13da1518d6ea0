export { LockedError } from "./lock.ts";
export { EventLog, LOG_LEVELS, type LogLevel } from "./log.ts";
export { RolloutError, type RolloutLine, RolloutWriter, readRollout, rolloutPath } from "./rollout.ts";
