import { existsSync } from "node:fs";
import { join } from "node:path";
import { finishWork, type UndoContext } from "../undo/session.ts";
import { closeTurn, noteCapture } from "./steps.ts";
import { captureRef, writeThreadFile } from "./thread-file.ts";

/**
 * Finishes what a process left that was killed: turns that it did not close (what is on disk now counts as what they made),
 * and an undo in the middle, which goes on. The caller holds the thread's lock.
 */
export function recoverThread(context: UndoContext): void {
  const { file, moatHome } = context;
  for (const step of file.steps) {
    if (step.state !== "running") continue;
    if (step.kind !== "turn") {
      finishWork(context, step);
      continue;
    }
    for (const capture of step.captures) {
      const after = join(captureRef(file, capture).directory, `after-${capture.epoch}.zst`);
      if (!capture.ended || !existsSync(after)) noteCapture(file, capture, context.now());
      capture.ended = true;
    }
    closeTurn(file, step, []);
    writeThreadFile(moatHome, file);
  }
}
