import { existsSync } from "node:fs";
import { join } from "node:path";
import { finishWork, type UndoContext, type WorkDone } from "../undo/session.ts";
import { closeTurn, noteCapture } from "./steps.ts";
import { captureRef, type StoredStep, writeThreadFile } from "./thread-file.ts";

/**
 * Finishes what a process left that was killed: turns that it did not close (what is on disk now counts as what they made),
 * and an undo in the middle, which goes on, and is given back. The caller holds the thread's lock.
 */
export function recoverThread(context: UndoContext): { step: StoredStep; done: WorkDone }[] {
  closeKilledTurns(context);
  const finished: { step: StoredStep; done: WorkDone }[] = [];
  for (const step of context.file.steps) {
    if (step.state !== "running" || step.kind === "turn") continue;
    const done = finishWork(context, step);
    if (done) finished.push({ step, done });
  }
  return finished;
}

/** Turns that a killed process did not close: what is on disk now counts as what they made. */
export function closeKilledTurns({ file, moatHome, now }: UndoContext): void {
  for (const step of file.steps) {
    if (step.state !== "running" || step.kind !== "turn") continue;
    for (const capture of step.captures) {
      const after = join(captureRef(file, capture).directory, `after-${capture.epoch}.zst`);
      if (!capture.ended || !existsSync(after)) noteCapture(file, capture, now());
      capture.ended = true;
    }
    closeTurn(file, moatHome, step, []);
    writeThreadFile(moatHome, file);
  }
}
