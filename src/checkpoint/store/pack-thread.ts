import { existsSync } from "node:fs";
import { join } from "node:path";
import { packCapture } from "./pack.ts";
import { measureStep } from "./steps.ts";
import { captureRef, objectsOf, readThreadFile, writeThreadFile } from "./thread-file.ts";

/**
 * Compresses what calls that ended left uncompressed. What a turn takes on disk is taken anew where it was closed before that.
 * @param only directories of captures, below the store; null: all
 */
export async function packThread(
  moatHome: string,
  threadId: string,
  only: ReadonlySet<string> | null = null,
): Promise<void> {
  const objects = objectsOf(moatHome, threadId);
  const file = readThreadFile(moatHome, threadId);
  if (!file) return;
  const packed = new Set<number>();
  for (const { seq, captures } of file.steps) {
    for (const capture of captures.filter(({ ended, directory }) => ended && (only?.has(directory) ?? true))) {
      const { directory } = captureRef(file, capture);
      if (!existsSync(join(directory, "pack"))) continue;
      if (await packCapture(directory, objects, !capture.beside)) packed.add(seq);
    }
  }
  if (packed.size > 0) measureSteps(moatHome, threadId, packed);
}

/** Undo may have been at work meanwhile: the file is read again. */
function measureSteps(moatHome: string, threadId: string, seqs: ReadonlySet<number>): void {
  const fresh = readThreadFile(moatHome, threadId);
  const steps = fresh?.steps.filter(({ seq, state }) => seqs.has(seq) && state !== "running") ?? [];
  if (!fresh || steps.every(({ captures }) => captures.length === 0)) return;
  for (const step of steps) measureStep(fresh, moatHome, step);
  writeThreadFile(moatHome, fresh);
}
