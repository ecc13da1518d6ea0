import { existsSync } from "node:fs";
import { join } from "node:path";
import { finishWork, type UndoContext } from "../undo/session.ts";
import { packCapture } from "./pack.ts";
import { closeTurn, measureStep, noteCapture } from "./steps.ts";
import { captureRef, objectsOf, readThreadFile, writeThreadFile } from "./thread-file.ts";

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
