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
 * Compresses what calls that ended left uncompressed.
 * @param only directories of captures, below the store; null: all, and the size of their steps is taken
 */
export async function packThread(
  moatHome: string,
  threadId: string,
  only: ReadonlySet<string> | null = null,
): Promise<void> {
  const objects = objectsOf(moatHome, threadId);
  const file = readThreadFile(moatHome, threadId);
  if (!file) return;
  // What the last turn has was compressed call by call, and not measured each time: that would read all of the turn's journals.
  const packed = new Set([file.steps.at(-1)?.seq]);
  for (const { seq, captures } of file.steps) {
    for (const capture of captures.filter(({ ended, directory }) => ended && (only?.has(directory) ?? true))) {
      const { directory } = captureRef(file, capture);
      if (!existsSync(join(directory, "pack"))) continue;
      await packCapture(directory, objects, !capture.beside);
      packed.add(seq);
    }
  }
  if (only === null) measureSteps(moatHome, threadId, packed);
}

/** Undo may have been at work meanwhile: the file is read again. */
function measureSteps(moatHome: string, threadId: string, seqs: ReadonlySet<number | undefined>): void {
  const fresh = readThreadFile(moatHome, threadId);
  const steps = fresh?.steps.filter(({ seq }) => seqs.has(seq)) ?? [];
  if (!fresh || steps.every(({ captures }) => captures.length === 0)) return;
  for (const step of steps) measureStep(fresh, moatHome, step);
  writeThreadFile(moatHome, fresh);
}
