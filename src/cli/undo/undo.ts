import { FAILED, USAGE } from "../../base/index.ts";
import {
  type Checked,
  loadStoredCheckpoints,
  type StoredCheckpoints,
  type UndoOutcome,
  type UndoPlan,
  type UndoTarget,
} from "../../checkpoint/index.ts";
import { finishedText, restoredFiles, restoredNote } from "../../core/index.ts";
import { loadDialogs, safe } from "../../term/index.ts";
import { restoredLines } from "../../view/index.ts";
import type { CommandRun, Flags, Host } from "../contract.ts";
import { fail } from "../exits.ts";
import { inDirectory } from "../host.ts";
import { flagValue, printJson, styleOf } from "../threads/text.ts";
import { interruptedText, warnInterrupted } from "./interrupted.ts";
import { diffText, howToUndo, planLines, turnLines } from "./shown.ts";
import { type HeldThread, holdThread, type ThreadOfUndo, threadOfUndo, whyNothing } from "./stored.ts";

/** `moat undo [N]`: takes back what the last turns of a thread changed on the disk. */
export const runUndo: CommandRun = async ({ args, flags, host: process }) => {
  const host = inDirectory(process, flags);
  const target = targetOf(args, flags);
  if (!target.ok) return refuse(host, flags, target.message, USAGE);
  const thread = await threadOfUndo(host, flags);
  if (!thread.ok) return refuse(host, flags, thread.message, thread.exit);
  if (flags.list) return list(host, flags, thread);
  const { planUndo } = await loadStoredCheckpoints();
  return restore(host, flags, thread, () => planUndo(thread.stored, target.value, flags.force === true));
};

/** `moat redo`: brings back what the last undo took. */
export const runRedo: CommandRun = async ({ args, flags, host: process }) => {
  const host = inDirectory(process, flags);
  if (args.length > 0)
    return refuse(host, flags, "redo takes no number: it brings back what the last undo took", USAGE);
  const thread = await threadOfUndo(host, flags);
  if (!thread.ok) return refuse(host, flags, thread.message, thread.exit);
  const { planRedo } = await loadStoredCheckpoints();
  return restore(host, flags, thread, () => planRedo(thread.stored, flags.force === true));
};

/** Says why nothing is done; to a program as an object. */
function refuse(host: Host, flags: Flags, message: string, exit = FAILED): number {
  if (flags.json) printJson(host, { error: { message } });
  return fail(host, message, exit);
}

function targetOf([word, ...more]: string[], flags: Flags): Checked<UndoTarget> {
  const to = flagValue(flags.to);
  if (more.length > 0) return { ok: false, message: `undo takes one number: what is \`${more.join(" ")}\`?` };
  if (flags.list && (word !== undefined || to !== null))
    return { ok: false, message: "undo --list takes no turn: it shows all of them" };
  if (to !== null && to.trim() === "")
    return { ok: false, message: "--to takes the number of a turn, or its id: `moat undo --list` shows them" };
  if (to !== null && word !== undefined) return { ok: false, message: "say how many turns, or --to TURN, not both" };
  if (to !== null) return { ok: true, value: { to } };
  if (word === undefined) return { ok: true, value: { turns: 1 } };
  const turns = Number(word);
  if (!/^\d{1,9}$/.test(word) || turns === 0)
    return { ok: false, message: `undo ${word}: say how many turns, as in \`moat undo 2\`` };
  return { ok: true, value: { turns } };
}

async function list(host: Host, flags: Flags, { path, stored }: ThreadOfUndo): Promise<number> {
  const { interruptedUndo, listTurns } = await loadStoredCheckpoints();
  const held = holdThread(path, host.date);
  if (held.ok) held.close();
  const turns = listTurns(stored, !held.ok);
  warnInterrupted(host, interruptedUndo(stored));
  if (flags.json) return printJson(host, turns);
  if (turns.length === 0) host.stdout(safe`${whyNothing(path)}\n`);
  const style = styleOf(host);
  for (const line of [...turnLines(turns, style, host.date()), ...howToUndo(turns, style)])
    host.stdout(safe`${line}\n`);
  return 0;
}

/** Shows what would be done, asks where something would be left or lost, does it, and writes it into the thread. */
async function restore(
  host: Host,
  flags: Flags,
  { path, stored }: ThreadOfUndo,
  makePlan: () => Promise<Checked<UndoPlan>>,
): Promise<number> {
  const { applyUndo, isRecording } = await loadStoredCheckpoints();
  if (!isRecording(stored)) return refuse(host, flags, whyNothing(path));
  const held = holdThread(path, host.date);
  if (!held.ok) return refuse(host, flags, held.message, held.exit);
  try {
    const open = await openWork(host, flags, stored, held);
    if (open !== null) return open;
    const plan = await makePlan();
    if (!plan.ok) return refuse(host, flags, plan.message);
    if (flags["dry-run"]) return show(host, flags, plan.value);
    if (!(await mayGoOn(host, flags, plan.value, stored))) return FAILED;
    const unasked = flags.yes === true || !isAsked(plan.value);
    const done = await applyUndo(stored, plan.value, { force: flags.force === true, unasked });
    if (!done.ok) return refuse(host, flags, done.message);
    const restored = restoredFiles(done.value);
    held.tell(restored, restoredNote(restored));
    return told(host, flags, done.value);
  } finally {
    held.close();
  }
}

/** Finishes an undo that was interrupted, and undoes nothing else; its exit. Only said when nothing may be done. null: there is none. */
async function openWork(host: Host, flags: Flags, stored: StoredCheckpoints, held: HeldThread): Promise<number | null> {
  const { finishUndo, interruptedUndo } = await loadStoredCheckpoints();
  const open = interruptedUndo(stored);
  if (!open) return null;
  if (flags["dry-run"]) {
    if (flags.json) return printJson(host, { interrupted: open });
    host.stdout(`${interruptedText(open)}\n`);
    return 0;
  }
  const finished = await finishUndo(stored);
  if (!finished.ok) return fail(host, finished.message);
  if (!finished.value) return null;
  const restored = restoredFiles(finished.value);
  held.tell(restored, restoredNote(restored));
  return told(host, flags, finished.value, [finishedText(restored)]);
}

function show(host: Host, flags: Flags, plan: UndoPlan): number {
  if (flags.json) return printJson(host, plan);
  for (const line of planLines(plan, styleOf(host))) host.stdout(safe`${line}\n`);
  return 0;
}

/** `head`: stands for the first line. Exit 1 where something is not as it was: a script must not take a part for the whole. */
function told(host: Host, flags: Flags, outcome: UndoOutcome, head: string[] = []): number {
  const { conflicts, gaps, failures } = outcome;
  if (flags.json) printJson(host, outcome);
  else {
    const lines = restoredLines(restoredFiles(outcome), outcome.turns[0]?.root);
    for (const line of [...head, ...lines.slice(head.length)]) host.stdout(`${line}\n`);
  }
  return conflicts.length + gaps.length + failures.length > 0 ? FAILED : 0;
}

/** Whether there is a question: something would be left or lost. */
const isAsked = ({ conflicts, gaps }: UndoPlan): boolean => conflicts.length + gaps.length > 0;

/**
 * Whether to go on: where all can be put right, nobody is asked, as redo brings it back. What would be overwritten is shown first, and
 * what cannot be put right is named first.
 */
async function mayGoOn(host: Host, flags: Flags, plan: UndoPlan, stored: StoredCheckpoints): Promise<boolean> {
  if (!isAsked(plan)) return true;
  const style = styleOf(host);
  for (const line of planLines(plan, style)) host.stderr(safe`${line}\n`);
  const { diffPlan } = await loadStoredCheckpoints();
  // Force does not overwrite all that stands in the way: a directory that is gone or a link is in no diff.
  const overwritten = flags.force === true ? await diffPlan(stored, plan, "conflicts") : [];
  const forced = overwritten.length > 0;
  if (forced) {
    host.stderr("what was changed since, and would be overwritten:\n");
    host.stderr(safe`${diffText(overwritten, style)}\n`);
  }
  if (flags.yes) return true;
  if (!host.stdin_is_tty || !host.stderr_is_tty) {
    refuse(
      host,
      flags,
      `${forced ? "files would be overwritten" : "not all of it can be put right"}: say --yes to go on, nothing was done`,
    );
    return false;
  }
  const { inDialog, yesOrNo } = await loadDialogs();
  const question = forced ? "Overwrite them?" : `${plan.kind === "undo" ? "Take back" : "Bring back"} the rest?`;
  return (await inDialog((dialog) => yesOrNo(dialog, question, host.signal), { output: process.stderr })) === true;
}
