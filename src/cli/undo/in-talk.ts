import type { AppTools } from "../../app/index.ts";
import { loadStoredCheckpoints, type StoredCheckpoints } from "../../checkpoint/index.ts";
import { type Printable, SafeText, type Style, styleFor } from "../../term/index.ts";
import type { Flags, Host } from "../contract.ts";
import { interruptedText } from "./interrupted.ts";
import { diffText, planLines } from "./shown.ts";

// Undo for the people in repl and app: the thread is theirs, and says itself what was done.

type RestorePlan = NonNullable<AppTools["restorePlan"]>;

const styleOf = (host: Host, flags: Flags): Style =>
  styleFor(flags["no-ansi"] ? "never" : "auto", host.stdout_is_tty, host.env);

/** What the last turn of a thread changed. */
export async function turnDiffText(host: Host, flags: Flags, threadId: string): Promise<Printable> {
  const { diffTurn } = await loadStoredCheckpoints();
  const diffs = await diffTurn({ threadId, moatHome: host.moat_home, now: host.date });
  return diffs.ok ? diffText(diffs.value, styleOf(host, flags)) : diffs.message;
}

/** What undo or redo would do, and the question that goes with it. @param stored null: nothing is kept for the thread */
export async function restorePlan(
  host: Host,
  flags: Flags,
  stored: StoredCheckpoints | null,
  asked: Parameters<RestorePlan>[1],
): ReturnType<RestorePlan> {
  if (stored === null)
    return { ok: false, text: "nothing is kept for undo in this thread (`undo` is off, or it is not kept)" };
  const { diffPlan, interruptedUndo, planRedo, planUndo } = await loadStoredCheckpoints();
  const interrupted = interruptedUndo(stored);
  if (interrupted)
    return { ok: true, text: interruptedText(interrupted), question: "Finish it? Nothing else is undone." };
  const planned =
    asked.kind === "undo" ? await planUndo(stored, asked.target, asked.force) : await planRedo(stored, asked.force);
  if (!planned.ok) return { ok: false, text: planned.message };
  const plan = planned.value;
  const style = styleOf(host, flags);
  const lines = planLines(plan, style);
  const overwrites = asked.force && plan.conflicts.length > 0;
  if (overwrites) lines.push(diffText(await diffPlan(stored, plan, "conflicts"), style));
  const open = plan.conflicts.length + plan.gaps.length > 0;
  const verb = asked.kind === "undo" ? "Take back" : "Bring back";
  const question = overwrites ? "Overwrite what was changed since?" : `${verb} ${open ? "the rest" : "all of this"}?`;
  return { ok: true, text: SafeText.join(lines, "\n"), question };
}
