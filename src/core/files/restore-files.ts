import { loadStoredCheckpoints } from "../../checkpoint/index.ts";
import type { Op } from "../../protocol/index.ts";
import type { Emitter } from "../emitter.ts";
import type { Part } from "../state.ts";
import { restoredFiles, restoredNote } from "./restored.ts";

type RestoreOp = Extract<Op, { type: "undo" | "redo" }>;

/**
 * Takes back what turns changed on the disk, or brings it back. Says what was done (`files.restored`), to the model as well, which
 * would go on with files that are no longer so; or why nothing was (`error`).
 */
export async function restoreFiles(state: Emitter & Part<"services" | "conversation">, op: RestoreOp): Promise<void> {
  const { checkpoints } = state.services;
  if (checkpoints === null) return state.emit({ type: "error", message: NOTHING_KEPT });
  const { planUndo, planRedo, applyUndo } = await loadStoredCheckpoints();
  const { stored } = checkpoints;
  const force = op.force ?? false;
  const plan =
    op.type === "undo"
      ? await planUndo(stored, op.to === undefined ? { turns: op.turns ?? 1 } : { to: op.to }, force)
      : await planRedo(stored, force);
  if (!plan.ok) return state.emit({ type: "error", message: plan.message });
  const done = await applyUndo(stored, plan.value, { force });
  if (!done.ok) return state.emit({ type: "error", message: done.message });
  const restored = restoredFiles(done.value);
  state.emit({ type: "files.restored", ...restored });
  state.conversation.add(restoredNote(restored));
}

const NOTHING_KEPT =
  "nothing is kept for undo in this thread: it is off (`undo` in the configuration, --undo), or the thread itself is not kept";
