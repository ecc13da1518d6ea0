import { loadStoredCheckpoints } from "../../checkpoint/index.ts";
import { safe } from "../../term/index.ts";
import type { Flags, Host } from "../contract.ts";
import { fail } from "../exits.ts";
import { styleOf } from "../threads/text.ts";
import { warnInterrupted } from "./interrupted.ts";
import { diffPatch, diffText } from "./shown.ts";
import { threadOfUndo, whyNothing } from "./stored.ts";

/** `moat diff --turn N`: what a turn changed, by its number or `last`. */
export async function showTurnDiff(host: Host, flags: Flags, turn: string): Promise<number> {
  const thread = await threadOfUndo(host, flags);
  if (!thread.ok) return fail(host, thread.message, thread.exit);
  const { diffTurn, interruptedUndo, isRecording } = await loadStoredCheckpoints();
  if (!isRecording(thread.stored)) return fail(host, whyNothing(thread.path));
  const diffs = await diffTurn(thread.stored, turn === "last" ? undefined : turn);
  if (!diffs.ok) return fail(host, diffs.message);
  warnInterrupted(host, interruptedUndo(thread.stored));
  if (!host.stdout_is_tty) {
    host.data(diffPatch(diffs.value));
    return 0;
  }
  const text = diffText(diffs.value, styleOf(host));
  if (String(text) !== "") host.stdout(safe`${text}\n`);
  return 0;
}
