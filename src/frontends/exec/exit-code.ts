import { FAILED, signalExit } from "../../base/index.ts";
import type { Evidence, Failure } from "../../protocol/index.ts";

/** What decides about the exit code beside the turn itself; each only when a flag asked for it. */
export interface Gates {
  /** `--give-up-after` was given: an outage has a code of its own. */
  give_up: boolean;
  /** Commands that must have returned 0 after the last edit. */
  require_evidence: readonly string[];
  fail_on_decline: boolean;
}

/** How the turn ended: null completed. `signal`: the name of the one that ended the process. */
export interface Ending {
  failure: Failure | null;
  signal: string | null;
  evidence: Evidence;
}

/** Exit code of a run (docs/exec.md), and what to tell about it where no event does. */
export function runExit({ failure, signal, evidence }: Ending, gates: Gates): { exit: number; message: string | null } {
  if (failure !== null && signal !== null) return { exit: signalExit(signal) ?? FAILED, message: null };
  if (failure !== null) return { exit: failureExit(failure, gates), message: null };
  const missing = (evidence.required ?? []).filter(({ met }) => !met).map(({ command }) => `\`${command}\``);
  if (missing.length > 0) {
    const what = `${missing.join(" and ")} did not run after the last edit, or did not return 0`;
    return { exit: 7, message: `required evidence is missing: ${what}` };
  }
  if (gates.fail_on_decline && evidence.declined > 0) {
    const calls = evidence.declined === 1 ? "1 call was" : `${evidence.declined} calls were`;
    return { exit: 3, message: `${calls} declined` };
  }
  return { exit: 0, message: null };
}

function failureExit(failure: Failure, { give_up }: Gates): number {
  if (failure.kind === "sandbox_unavailable") return 6;
  if (failure.kind === "budget") return 4;
  return failure.retryable && give_up ? 5 : 1;
}
