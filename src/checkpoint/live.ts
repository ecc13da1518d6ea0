import type { CheckpointOptions, Checkpoints } from "./contract.ts";
import { LiveCheckpoints } from "./live/turns.ts";
import { readThreadFile } from "./store/thread-file.ts";

/**
 * Opens the checkpoints of a thread that is about to run. Finishes first what a killed process left: an undo that was in
 * the middle, captures that nobody closed.
 */
export async function openCheckpoints(options: CheckpointOptions): Promise<Checkpoints> {
  const uid = process.getuid?.() ?? null;
  const file = options.enabled ? readThreadFile(options.moatHome, options.threadId) : null;
  if (!file) return new LiveCheckpoints(options, uid, []);
  // A new thread has nothing to finish, and loads nothing of undo.
  const { recoverAll } = await import("./interrupted.ts");
  const finished = recoverAll({ file, moatHome: options.moatHome, now: options.now, uid });
  return new LiveCheckpoints(options, uid, finished);
}
