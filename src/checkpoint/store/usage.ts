// Apart from what prunes and undoes: every thread that runs a command asks how much there is, and hardly one has to remove something.
import type { CheckpointUsage } from "../contract.ts";
import { keptThreads, readThreadFile, type StoredStep, type ThreadFile } from "./thread-file.ts";

/** What is kept of each thread. */
export const filesOf = (moatHome: string): ThreadFile[] =>
  keptThreads(moatHome).flatMap((id) => readThreadFile(moatHome, id) ?? []);

/** It has pre-images on disk. */
export const holding = ({ state, bytes }: StoredStep) => state !== "pruned" && bytes > 0;

/** What pre-images take. Reads one small file a thread. */
export function checkpointUsage(moatHome: string): CheckpointUsage {
  const usage = { bytes: 0, threads: 0, turns: 0 };
  for (const { steps } of filesOf(moatHome)) {
    const kept = steps.filter(holding);
    if (kept.length > 0) usage.threads++;
    usage.turns += kept.filter(({ kind }) => kind === "turn").length;
    usage.bytes += kept.reduce((sum, { bytes }) => sum + bytes, 0);
  }
  return usage;
}
