import { existsSync } from "node:fs";
import { join } from "node:path";
import { finishWork, type UndoContext, type WorkDone } from "../undo/session.ts";
import { packCapture } from "./pack.ts";
import { closeTurn, measureStep, noteCapture } from "./steps.ts";
import { captureRef, objectsOf, readThreadFile, type StoredStep, writeThreadFile } from "./thread-file.ts";

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
    closeTurn(file, step, []);
    writeThreadFile(moatHome, file);
  }
}

/**
 * Compresses what calls that ended left uncompressed, and takes the size of the steps that have it. Undo may be at work
 * meanwhile: the file is read again before sizes are written.
 */
export async function packThread(moatHome: string, threadId: string): Promise<void> {
  const objects = objectsOf(moatHome, threadId);
  const packed = new Set<number>();
  const file = readThreadFile(moatHome, threadId);
  if (!file) return;
  for (const { seq, captures } of file.steps) {
    for (const capture of captures.filter(({ ended }) => ended)) {
      const { directory } = captureRef(file, capture);
      if (!existsSync(join(directory, "pack"))) continue;
      await packCapture(directory, objects, !capture.beside);
      packed.add(seq);
    }
  }
  const fresh = packed.size > 0 ? readThreadFile(moatHome, threadId) : null;
  if (!fresh) return;
  for (const step of fresh.steps) if (packed.has(step.seq)) measureStep(fresh, moatHome, step);
  writeThreadFile(moatHome, fresh);
}
