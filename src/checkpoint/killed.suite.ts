import { join } from "node:path";
import type { Lab } from "./simulate.suite.ts";

/** Runs undo or redo in a process that kills itself at its Nth look at the clock; whether it was. */
export function killedAt(lab: Lab, kind: "undo" | "redo", moment: number): boolean {
  const script = join(import.meta.dir, "fixtures", "undo-killed.ts");
  const { signalCode, exitCode, stderr } = Bun.spawnSync(
    [process.execPath, script, lab.home, lab.stored.threadId, kind, `${moment}`],
    { stdout: "ignore", stderr: "pipe" },
  );
  if (signalCode === null && exitCode !== 0) throw new Error(stderr.toString());
  return signalCode === "SIGKILL";
}
