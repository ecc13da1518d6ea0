import type { InterruptedUndo } from "../../checkpoint/index.ts";
import type { Host } from "../contract.ts";

/** For people: an undo that was killed in the middle, and how it goes on. */
export function interruptedText({ kind, left }: InterruptedUndo): string {
  return `an interrupted ${kind} is not finished: ${left} ${left === 1 ? "path is" : "paths are"} left; moat ${kind} finishes it, and does nothing else`;
}

/** Says it beside what a command shows. */
export function warnInterrupted(host: Host, interrupted: InterruptedUndo | null): void {
  if (interrupted) host.stderr(`moat: ${interruptedText(interrupted)}\n`);
}
