import { loadStoredCheckpoints, type UndoOutcome } from "../../checkpoint/index.ts";
import type { Op } from "../../protocol/index.ts";
import { type Emitter, showError } from "../emitter.ts";
import type { Part } from "../state.ts";
import { finishedText, finishedWarning, restoredFiles, restoredNote } from "./restored.ts";

type RestoreOp = Extract<Op, { type: "undo" | "redo" }>;

/**
 * Takes back what turns changed on the disk, or brings it back. Says what was done (`files.restored`), to the model as well, which
 * would go on with files that are no longer so; or why nothing was (`error`).
 */
export async function restoreFiles(state: Emitter & Part<"services" | "conversation">, op: RestoreOp): Promise<void> {
  const { checkpoints } = state.services;
  if (checkpoints === null) return state.emit({ type: "error", message: NOTHING_KEPT });
  const { finishUndo, planUndo, planRedo, applyUndo } = await loadStoredCheckpoints();
  const { stored } = checkpoints;
  const finished = await finishUndo(stored);
  if (!finished.ok) return state.emit({ type: "error", message: finished.message });
  // One thing at a time: the user has not seen yet what is there to be undone after it.
  if (finished.value) {
    state.emit({ type: "error", message: finishedText(restoredFiles(finished.value)) });
    return tell(state, finished.value);
  }
  const force = op.force ?? false;
  const plan =
    op.type === "undo"
      ? await planUndo(stored, op.to === undefined ? { turns: op.turns ?? 1 } : { to: op.to }, force)
      : await planRedo(stored, force);
  if (!plan.ok) return state.emit({ type: "error", message: plan.message });
  const done = await applyUndo(stored, plan.value, { force, unasked: true });
  if (!done.ok) return state.emit({ type: "error", message: done.message });
  tell(state, done.value);
}

function tell(state: Emitter & Part<"conversation">, outcome: UndoOutcome): void {
  const restored = restoredFiles(outcome);
  state.emit({ type: "files.restored", ...restored });
  state.conversation.add(restoredNote(restored));
}

/** Within a turn: an undo that had been interrupted was finished before the first call that may change something. */
export function warnFinished(state: Emitter & Part<"conversation">, outcome: UndoOutcome): void {
  const restored = restoredFiles(outcome);
  showError(state, finishedWarning(restored));
  state.conversation.addNote(restoredNote(restored));
}

const NOTHING_KEPT =
  "nothing is kept for undo in this thread: it is off (`undo` in the configuration, --undo), or the thread itself is not kept";
