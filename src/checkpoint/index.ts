export type * from "./contract.ts";
export type { DiffSide } from "./diff/text.ts";

/** Checkpoints of a running thread. */
export const loadLiveCheckpoints = () => import("./live.ts");

/** List, plan, undo, redo, compare and prune what is stored. */
export const loadStoredCheckpoints = () => import("./stored.ts");

/** How much of the disk is in use, without what works on it. */
export const loadCheckpointUsage = () => import("./store/usage.ts");
