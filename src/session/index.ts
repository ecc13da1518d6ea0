export { LockedError } from "./lock.ts";
export { RolloutError, type RolloutLine, RolloutWriter, readRollout, rolloutPath } from "./rollout.ts";
