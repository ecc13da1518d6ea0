import type {
  Checked,
  CheckpointGap,
  PathDiff,
  StoredCheckpoints,
  TurnSummary,
  UndoOutcome,
  UndoPlan,
  UndoTarget,
} from "./contract.ts";
import { diffOfTurn, diffOfWork } from "./diff/diff.ts";
import { guarded, interruptedIn, turnsOf, undoContext } from "./interrupted.ts";
import { closeKilledTurns } from "./store/recover.ts";
import { summaryOf, unseenGaps } from "./store/steps.ts";
import { readThreadFile, type StepWork, type StoredStep, type ThreadFile } from "./store/thread-file.ts";
import { doWork, Handed, type UndoContext, workBefore } from "./undo/session.ts";
import type { UndoWork } from "./undo/work.ts";

export { diffSides } from "./diff/text.ts";
export { finishUndo, interruptedUndo } from "./interrupted.ts";
export {
  checkpointDirectories,
  enforceCheckpointQuota,
  forgetThreads,
  planPruning,
  prune,
} from "./store/quota.ts";

/** Whether anything was recorded of a thread. */
export const isRecording = ({ moatHome, threadId }: StoredCheckpoints): boolean =>
  readThreadFile(moatHome, threadId) !== null;

/** The turns of a thread that changed something, newest first. Changes nothing. `open`: a process has the thread open. */
export function listTurns({ moatHome, threadId }: StoredCheckpoints, open = true): TurnSummary[] {
  const file = readThreadFile(moatHome, threadId);
  if (!file) return [];
  const turns = file.steps.filter(({ changed, state }) => changed || state === "running").toReversed();
  return turns
    .flatMap((step) => summaryOf(file, step) ?? [])
    .map((turn) => (turn.state === "running" && !open ? { ...turn, state: "cut_off" } : turn));
}

/**
 * What taking back turns would do. None while an undo that was killed is not finished (`finishUndo`). `force`, of one turn, after an undo that
 * kept something: what that one kept, of its turns alone.
 */
export async function planUndo(
  stored: StoredCheckpoints,
  target: UndoTarget,
  force = false,
): Promise<Checked<UndoPlan>> {
  return withThread(stored, (context) => {
    const rest = force && "turns" in target && target.turns === 1 ? restOf(context.file, "undo") : null;
    if (rest) return { ok: true, value: planOf(context, "undo", rest) };
    const chosen = chooseTurns(context.file, target);
    return chosen.ok ? { ok: true, value: planOf(context, "undo", undoOf(chosen.value)) } : chosen;
  });
}

/** What taking back the latest undo would do. `force`, after a redo that kept something: what that one kept. */
export async function planRedo(stored: StoredCheckpoints, force = false): Promise<Checked<UndoPlan>> {
  return withThread(stored, (context) => {
    const work = (force ? restOf(context.file, "redo") : null) ?? redoOf(context.file);
    return work ? { ok: true, value: planOf(context, "redo", work) } : refuse(NO_REDO);
  });
}

const NO_REDO = "There is nothing to redo: no undo was done since the last turn that changed something.";

/** What was found for plans that nobody did yet: as large as what the turns touched, and gone with its plan. */
const FOUND = new WeakMap<UndoPlan, Handed>();

/**
 * Does what a plan says, looked at anew: what changed since is a conflict, too. `force` overwrites conflicts; what is
 * overwritten is captured, so that redo brings it back. `unasked`: nobody was asked since the plan was made, which was just now; what it
 * found is what is done.
 */
export async function applyUndo(
  stored: StoredCheckpoints,
  plan: UndoPlan,
  { force, unasked = false }: { force: boolean; unasked?: boolean },
): Promise<Checked<UndoOutcome>> {
  return withThread(stored, (context) => {
    const asked = stepsOfPlan(context.file, plan);
    if (!asked) return refuse("The turns of this thread changed since they were looked at. Look again, then undo.");
    const work = { ...asked, force: force && asked.only ? asked.only : force };
    const found = unasked && !force ? FOUND.get(plan) : undefined;
    FOUND.delete(plan);
    const planned = found ?? new Handed(workBefore(context, work.before, work.force, null));
    const unseen = plan.kind === "undo" ? gapsUnseen(turnsOf(context.file, work.turns)) : [];
    const why = whyNothing(context, planned.work, work, unseen);
    if (why !== null) return refuse(why);
    // A turn of which nothing is recorded is as it was: nobody may take it for taken back.
    const recorded = work.turns.filter((seq) => isRecorded(context.file, seq));
    const turns = turnsOf(context.file, recorded);
    const done = doWork(context, plan.kind, stepWork({ ...work, turns: recorded }), planned);
    return { ok: true, value: { kind: plan.kind, turns, ...done, gaps: [...done.gaps, ...unseen] } };
  });
}

/** Why nothing is done; null: something is. */
function whyNothing(
  context: UndoContext,
  { changes, conflicts }: UndoWork,
  { before, force }: Pick<StepWork, "before" | "force">,
  unseen: readonly CheckpointGap[],
): string | null {
  if (changes.length > 0) return null;
  if (conflicts.length > 0)
    return nothingDone(force ? { changes, conflicts } : workBefore(context, before, true, null));
  return unseen.length > 0 ? nothingOf(unseen) : null;
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
  const context = undoContext(stored, file);
  const only = of === "changes" ? null : new Set(plan.conflicts.map(({ path }) => path));
  return diffOfWork(workBefore(context, work.before, of === "conflicts" && (work.only ?? true), null), only, file.root);
}

const NOTHING_CHANGED = "No turn of this thread changed anything.";
const noTurn = (turn: string) =>
  `This thread has no turn ${turn} that changed something. \`moat undo --list\` shows its turns.`;

const nothingOf = ([gap]: readonly CheckpointGap[]) =>
  `Nothing was taken back: ${gap?.why ?? "nothing is recorded"}. \`moat undo --list\` shows the turns; \`moat undo 2\` goes on to the one before.`;

/** Of turns, newest first: their gaps, oldest first. */
const gapsUnseen = (turns: readonly TurnSummary[]): CheckpointGap[] => turns.toReversed().flatMap(unseenGaps);

const isRecorded = (file: ThreadFile, seq: number) =>
  file.steps.some((step) => step.seq === seq && step.captures.length > 0);

/** Why nothing was done, from what force would do. */
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
  const context = undoContext(stored, file);
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
  if (turns.length === 0) return refuse(whyNone(file));
  if ("turns" in target) {
    const chosen = turns.slice(0, target.turns);
    if (chosen.length === target.turns) return { ok: true, value: chosen };
    return refuse(
      `Only ${turns.length} ${turns.length === 1 ? "turn" : "turns"} of this thread can be taken back. \`moat undo --list\` shows them.`,
    );
  }
  const first = turns.find((step) => isTurn(step, target.to));
  if (first) return { ok: true, value: turns.filter(({ seq }) => seq >= first.seq) };
  const undone = file.steps.some((step) => step.state === "undone" && isTurn(step, target.to));
  return refuse(undone ? `Turn ${target.to} is taken back already. ${REDO}` : noTurn(target.to));
}

const REDO = "`moat redo` brings back what the last undo took.";

/** Why no turn can be taken back. */
function whyNone({ steps }: ThreadFile): string {
  const states = new Set(steps.filter(({ kind, changed }) => kind === "turn" && changed).map(({ state }) => state));
  if (states.has("undone")) return `Everything that turns of this thread changed is taken back already. ${REDO}`;
  if (states.has("pruned"))
    return "What turns of this thread changed can no longer be taken back: what was kept of it was removed to free space.";
  return NOTHING_CHANGED;
}

/** `only`: of what somebody changed, force overwrites these paths alone. */
type Work = Omit<StepWork, "hold" | "force" | "kept"> & { only?: string[] };

function stepWork({ only: _, ...work }: Work & Pick<StepWork, "force">): Omit<StepWork, "hold"> {
  return work;
}

/** What the latest undo or redo kept, if it kept something and nothing was changed since by a turn, an undo or a redo. */
function restOf(file: ThreadFile, kind: UndoPlan["kind"]): Work | null {
  const last = file.steps.findLast((step) => step.kind !== "turn" || step.changed);
  if (last?.kind !== kind || last.state !== "done" || !last.work?.kept) return null;
  const { before, turns, of, kept, rest = last.seq } = last.work;
  return { before, turns, rest, only: kept, ...(of === undefined ? {} : { of }) };
}

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
      return { before: step.work.rest ?? step.seq, turns: step.work.turns, of: step.seq };
  }
  return null;
}

/** A turn that is there again because an undo of it was redone. */
const wasRedone = (file: ThreadFile, turn: StoredStep) =>
  file.steps.some(({ kind, work }) => kind === "redo" && work?.turns.includes(turn.seq));

/** What a plan stands for, if it is still what the thread would do. */
function stepsOfPlan(file: ThreadFile, plan: UndoPlan): Work | null {
  const numbers = new Set(plan.turns.map(({ number }) => number));
  if (plan.rest) {
    const rest = restOf(file, plan.kind);
    return rest && sameTurns(file, rest.turns, numbers) ? rest : null;
  }
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

function planOf(context: UndoContext, kind: UndoPlan["kind"], { before, turns, only }: Work): UndoPlan {
  const work = workBefore(context, before, only ?? false, null);
  const { changes, conflicts: all, gaps, bytes } = work;
  const kept = only && new Set(only);
  const conflicts = kept
    ? workBefore(context, before, false, null).conflicts.filter(({ path }) => kept.has(path))
    : all;
  const summaries = turnsOf(context.file, turns);
  const unseen = kind === "undo" ? gapsUnseen(summaries) : [];
  const plan: UndoPlan = {
    kind,
    turns: summaries,
    changes,
    conflicts,
    gaps: [...gaps, ...unseen],
    bytes,
    ...(only ? { rest: true } : {}),
  };
  if (!only) FOUND.set(plan, new Handed(work));
  return plan;
}
