import type {
  Checked,
  CheckpointUsage,
  PathDiff,
  PrunedTurn,
  StoredCheckpoints,
  TurnSummary,
  UndoOutcome,
  UndoPlan,
  UndoTarget,
} from "./contract.ts";

/** The turns of a thread that changed something, newest first. */
export function listTurns(_stored: StoredCheckpoints): TurnSummary[] {
  throw new Error("not built yet");
}

/** What taking back turns would do. Finishes first an undo that was killed in the middle. */
export async function planUndo(_stored: StoredCheckpoints, _target: UndoTarget): Promise<Checked<UndoPlan>> {
  throw new Error("not built yet");
}

/** What taking back the latest undo would do. */
export async function planRedo(_stored: StoredCheckpoints): Promise<Checked<UndoPlan>> {
  throw new Error("not built yet");
}

/**
 * Does what a plan says, looked at anew: what changed since is a conflict, too. `force` overwrites conflicts; what is
 * overwritten is captured, so that redo brings it back.
 */
export async function applyUndo(
  _stored: StoredCheckpoints,
  _plan: UndoPlan,
  _options: { force: boolean },
): Promise<Checked<UndoOutcome>> {
  throw new Error("not built yet");
}

/** Diffs of what a turn changed (its id or number; absent: the latest). */
export async function diffTurn(_stored: StoredCheckpoints, _turn?: string): Promise<Checked<PathDiff[]>> {
  throw new Error("not built yet");
}

/** Diffs from what is there now to what the plan would make of it; `conflicts`: of its conflicts alone. */
export async function diffPlan(
  _stored: StoredCheckpoints,
  _plan: UndoPlan,
  _of: "changes" | "conflicts",
): Promise<PathDiff[]> {
  throw new Error("not built yet");
}

/** What pre-images take. Reads one small file a thread. */
export function checkpointUsage(_moatHome: string): CheckpointUsage {
  throw new Error("not built yet");
}

/** Whose pre-images go, oldest first, to free so many bytes. Those of `keep` stay. Removes nothing. */
export function planPruning(_moatHome: string, _free: number, _keep: readonly string[]): PrunedTurn[] {
  throw new Error("not built yet");
}

/** Removes the pre-images of these turns, and gives the bytes that were freed. */
export function prune(_moatHome: string, _turns: readonly PrunedTurn[]): number {
  throw new Error("not built yet");
}

/** Removes all that is kept for threads that are gone; gives the bytes that were freed. */
export function forgetThreads(_moatHome: string, _threadIds: readonly string[]): number {
  throw new Error("not built yet");
}

/** Directories outside of MOAT_HOME that hold pre-images: commands must not see them. */
export function checkpointDirectories(_moatHome: string): string[] {
  throw new Error("not built yet");
}
