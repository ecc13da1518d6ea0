import { existsSync } from "node:fs";
import { join } from "node:path";
import { finishWork, type UndoContext } from "../undo/session.ts";
import { packCapture } from "./pack.ts";
import { closeTurn, measureStep, noteCapture } from "./steps.ts";
import { captureRef, objectsOf, writeThreadFile } from "./thread-file.ts";

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
      if (!capture.ended || !existsSync(after)) noteCapture(file, capture);
      capture.ended = true;
    }
    closeTurn(file, step, []);
    writeThreadFile(moatHome, file);
  }
}

/** Compresses what calls that ended left uncompressed, and takes the size of the steps that have it. */
export async function packThread({ file, moatHome }: Pick<UndoContext, "file" | "moatHome">): Promise<void> {
  const objects = objectsOf(moatHome, file.thread_id);
  for (const step of file.steps) {
    const ended = step.captures.filter((capture) => capture.ended);
    const open = ended.filter((capture) => existsSync(join(captureRef(file, capture).directory, "pack")));
    for (const capture of open) await packCapture(captureRef(file, capture).directory, objects, !capture.beside);
    if (open.length > 0) measureStep(file, moatHome, step);
  }
  if (file.steps.length > 0) writeThreadFile(moatHome, file);
}
