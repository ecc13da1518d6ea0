import type {
  Checked,
  PathDiff,
  StoredCheckpoints,
  TurnSummary,
  UndoOutcome,
  UndoPlan,
  UndoTarget,
} from "./contract.ts";
import { diffOfTurn, diffOfWork } from "./diff/diff.ts";
import { contextOf, guarded, interruptedIn, turnsOf } from "./interrupted.ts";
import { closeKilledTurns } from "./store/recover.ts";
import { summaryOf } from "./store/steps.ts";
import { readThreadFile, type StepWork, type StoredStep, type ThreadFile } from "./store/thread-file.ts";
import { doWork, type UndoContext, workBefore } from "./undo/session.ts";
import type { UndoWork } from "./undo/work.ts";

export { finishUndo, interruptedUndo } from "./interrupted.ts";
export {
  checkpointDirectories,
  checkpointUsage,
  enforceCheckpointQuota,
  forgetThreads,
  planPruning,
  prune,
} from "./store/quota.ts";

/** The turns of a thread that changed something, newest first. Changes nothing. */
export function listTurns({ moatHome, threadId }: StoredCheckpoints): TurnSummary[] {
  const file = readThreadFile(moatHome, threadId);
  if (!file) return [];
  const turns = file.steps.filter(({ changed, state }) => changed || state === "running").toReversed();
  return turns.flatMap((step) => summaryOf(file, step) ?? []);
}

/** What taking back turns would do. None while an undo that was killed is not finished (`finishUndo`). */
export async function planUndo(stored: StoredCheckpoints, target: UndoTarget): Promise<Checked<UndoPlan>> {
  return withThread(stored, (context) => {
    const chosen = chooseTurns(context.file, target);
    return chosen.ok ? { ok: true, value: planOf(context, "undo", undoOf(chosen.value)) } : chosen;
  });
}

/** What taking back the latest undo would do. */
export async function planRedo(stored: StoredCheckpoints): Promise<Checked<UndoPlan>> {
  return withThread(stored, (context) => {
    const work = redoOf(context.file);
    return work ? { ok: true, value: planOf(context, "redo", work) } : refuse(NO_REDO);
  });
}

const NO_REDO = "There is nothing to redo: no undo was done since the last turn that changed something.";

/**
 * Does what a plan says, looked at anew: what changed since is a conflict, too. `force` overwrites conflicts; what is
 * overwritten is captured, so that redo brings it back.
 */
export async function applyUndo(
  stored: StoredCheckpoints,
  plan: UndoPlan,
  { force }: { force: boolean },
): Promise<Checked<UndoOutcome>> {
  return withThread(stored, (context) => {
    const asked = stepsOfPlan(context.file, plan);
    if (!asked) return refuse("The turns of this thread changed since they were looked at. Look again, then undo.");
    const work = { ...asked, force };
    const looked = workBefore(context, work.before, force, null);
    if (looked.changes.length === 0 && looked.conflicts.length > 0)
      return refuse(nothingDone(force ? looked : workBefore(context, work.before, true, null)));
    const turns = turnsOf(context.file, work.turns);
    const { work: done, failures } = doWork(context, plan.kind, work);
    const { changes, conflicts, gaps } = done;
    return { ok: true, value: { kind: plan.kind, turns, changes, conflicts, gaps, failures } };
  });
}

/** Diffs of what a turn changed (its id or number; absent: the latest). */
export async function diffTurn({ moatHome, threadId }: StoredCheckpoints, turn?: string): Promise<Checked<PathDiff[]>> {
  const file = readThreadFile(moatHome, threadId);
  const turns = file?.steps.filter((step) => step.turn && step.changed) ?? [];
  const step = turn === undefined ? turns.at(-1) : turns.find((each) => isTurn(each, turn));
  if (!file || !step) return refuse(turn === undefined ? NOTHING_CHANGED : noTurn(turn));
  return { ok: true, value: await diffOfTurn(file, moatHome, step) };
}

/** Diffs from what is there now to what the plan would make of it; `conflicts`: of its conflicts alone. */
export async function diffPlan(
  stored: StoredCheckpoints,
  plan: UndoPlan,
  of: "changes" | "conflicts",
): Promise<PathDiff[]> {
  const file = readThreadFile(stored.moatHome, stored.threadId);
  const work = file && stepsOfPlan(file, plan);
  if (!file || !work) return [];
  const context = contextOf(stored, file);
  const only = of === "changes" ? null : new Set(plan.conflicts.map(({ path }) => path));
  return diffOfWork(workBefore(context, work.before, of === "conflicts", null), only);
}

const NOTHING_CHANGED = "No turn of this thread changed anything that is kept.";
const noTurn = (turn: string) =>
  `This thread has no turn ${turn} that changed something. \`moat undo --list\` shows its turns.`;

/** `forced`: what force would do. */
function nothingDone({ changes, conflicts: [stuck] }: Pick<UndoWork, "changes" | "conflicts">): string {
  if (changes.length > 0 || !stuck)
    return "Nothing was taken back: somebody changed every path after the turn. Force overwrites them.";
  return `Nothing was taken back: ${stuck.path}: ${stuck.why}. Put its directory back, then undo.`;
}

const refuse = (message: string): { ok: false; message: string } => ({ ok: false, message });

/** With what is kept of a thread, after its turns are closed. An undo that was killed has to be finished first. */
function withThread<Value>(stored: StoredCheckpoints, act: (context: UndoContext) => Checked<Value>): Checked<Value> {
  const file = readThreadFile(stored.moatHome, stored.threadId);
  if (!file) return refuse(NOTHING_CHANGED);
  const context = contextOf(stored, file);
  return guarded(() => {
    const open = interruptedIn(context);
    if (open) return refuse(`This thread has an interrupted ${open.kind}, of which ${open.left} paths are left.`);
    closeKilledTurns(context);
    return act(context);
  });
}

const isTurn = ({ turn }: StoredStep, name: string) => turn?.turn_id === name || `${turn?.number}` === name;

/** Turns that can be taken back, newest first. */
const undoable = (file: ThreadFile) =>
  file.steps.filter(({ kind, state, changed }) => kind === "turn" && state === "done" && changed).toReversed();

function chooseTurns(file: ThreadFile, target: UndoTarget): Checked<StoredStep[]> {
  const turns = undoable(file);
  if (turns.length === 0) return refuse(NOTHING_CHANGED);
  if ("turns" in target) {
    const chosen = turns.slice(0, target.turns);
    if (chosen.length === target.turns) return { ok: true, value: chosen };
    return refuse(`Only ${turns.length} turns of this thread can be taken back. \`moat undo --list\` shows them.`);
  }
  const first = turns.find((step) => isTurn(step, target.to));
  return first ? { ok: true, value: turns.filter(({ seq }) => seq >= first.seq) } : refuse(noTurn(target.to));
}

type Work = Omit<StepWork, "hold" | "force">;

const undoOf = (turns: readonly StoredStep[]): Work => ({
  before: Math.min(...turns.map(({ seq }) => seq)),
  turns: turns.map(({ seq }) => seq),
});

/** The latest undo that still stands; none once a turn changed something after it. */
function redoOf(file: ThreadFile): Work | null {
  for (const step of file.steps.toReversed()) {
    if (step.kind === "turn" && step.changed) {
      if (step.state === "done" && !wasRedone(file, step)) return null;
      continue;
    }
    if (step.kind === "undo" && step.state === "done" && step.work)
      return { before: step.seq, turns: step.work.turns, of: step.seq };
  }
  return null;
}

/** A turn that is there again because an undo of it was redone. */
const wasRedone = (file: ThreadFile, turn: StoredStep) =>
  file.steps.some(({ kind, work }) => kind === "redo" && work?.turns.includes(turn.seq));

/** What a plan stands for, if it is still what the thread would do. */
function stepsOfPlan(file: ThreadFile, plan: UndoPlan): Work | null {
  const numbers = new Set(plan.turns.map(({ number }) => number));
  if (plan.kind === "redo") {
    const work = redoOf(file);
    return work && sameTurns(file, work.turns, numbers) ? work : null;
  }
  const turns = undoable(file).slice(0, numbers.size);
  const work = turns.length === 0 ? null : undoOf(turns);
  return work && sameTurns(file, work.turns, numbers) ? work : null;
}

const sameTurns = (file: ThreadFile, seqs: readonly number[], numbers: ReadonlySet<number>) =>
  seqs.length === numbers.size && turnsOf(file, seqs).every(({ number }) => numbers.has(number));

function planOf(context: UndoContext, kind: UndoPlan["kind"], { before, turns }: Work): UndoPlan {
  const { changes, conflicts, gaps, bytes }: UndoWork = workBefore(context, before, false, null);
  const summaries = turnsOf(context.file, turns);
  return { kind, turns: summaries, changes, conflicts, gaps, bytes };
}
