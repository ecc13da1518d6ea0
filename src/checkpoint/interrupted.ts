import type { Checked, InterruptedUndo, StoredCheckpoints, TurnSummary, UndoOutcome } from "./contract.ts";
import { recoverThread } from "./store/recover.ts";
import { summaryOf } from "./store/steps.ts";
import { readThreadFile, type StoredStep, type ThreadFile } from "./store/thread-file.ts";
import { type UndoContext, type WorkDone, workBefore } from "./undo/session.ts";

/** The undo or redo of a thread that was killed in the middle, and how much of it is left; null: none. Changes nothing. */
export function interruptedUndo(stored: StoredCheckpoints): InterruptedUndo | null {
  const file = readThreadFile(stored.moatHome, stored.threadId);
  return file && interruptedIn(undoContext(stored, file));
}

/** The same, of what was read already. */
export function interruptedIn(context: UndoContext): InterruptedUndo | null {
  const step = context.file.steps.find(({ kind, state }) => kind !== "turn" && state === "running");
  if (!step?.work || step.kind === "turn") return null;
  const { changes } = workBefore(context, step.work.before, step.work.force, step);
  return { kind: step.kind, left: changes.length };
}

/** Finishes an undo or redo that was killed in the middle. `value` null: there was none. The caller holds the thread's lock. */
export async function finishUndo(stored: StoredCheckpoints): Promise<Checked<UndoOutcome | null>> {
  const file = readThreadFile(stored.moatHome, stored.threadId);
  if (!file) return { ok: true, value: null };
  const context = undoContext(stored, file);
  return guarded(() => ({ ok: true, value: interruptedIn(context) ? (recoverAll(context).at(-1) ?? null) : null }));
}

/** Finishes all that a killed process left in a thread; what undos among it did. */
export function recoverAll(context: UndoContext): UndoOutcome[] {
  return recoverThread(context).map(({ step, done }) => outcomeOf(context.file, step, done));
}

function outcomeOf(file: ThreadFile, { kind, work }: StoredStep, done: WorkDone): UndoOutcome {
  return { kind: kind === "redo" ? kind : "undo", turns: turnsOf(file, work?.turns ?? []), ...done };
}

/** Turns by their numbers in the store, newest first. */
export function turnsOf(file: ThreadFile, seqs: readonly number[]): TurnSummary[] {
  return file.steps
    .filter(({ seq }) => seqs.includes(seq))
    .flatMap((step) => summaryOf(file, step) ?? [])
    .toReversed();
}

/** Of a thread, as the user who runs this process. */
export const undoContext = ({ moatHome, now }: StoredCheckpoints, file: ThreadFile): UndoContext => ({
  file,
  moatHome,
  now,
  uid: process.getuid?.() ?? null,
});

/** What the disk refuses is no exception for the caller. */
export function guarded<Value>(act: () => Checked<Value>): Checked<Value> {
  try {
    return act();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      message: `The checkpoints of this thread could not be read or written: ${why}. Nothing is lost; try again.`,
    };
  }
}
