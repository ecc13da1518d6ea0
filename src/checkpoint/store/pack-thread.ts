import { existsSync } from "node:fs";
import { join } from "node:path";
import { packCapture } from "./pack.ts";
import { measureStep } from "./steps.ts";
import { captureRef, objectsOf, readThreadFile, writeThreadFile } from "./thread-file.ts";

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
