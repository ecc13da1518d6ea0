import type { CheckpointOptions, Checkpoints } from "./contract.ts";

/**
 * Opens the checkpoints of a thread that is about to run. Finishes first what a killed process left: an undo that was in
 * the middle, captures that nobody closed.
 */
export async function openCheckpoints(options: CheckpointOptions): Promise<Checkpoints> {
  throw new Error(`not built yet: ${options.threadId}`);
}
