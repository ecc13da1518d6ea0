// Commands that really run, recorded by the launcher, as turns of a thread.
import { makeBase, policyFor, remove, run, sh, startCommand, tierHere } from "../sandbox/harness.suite.ts";
import type { Sandbox, SandboxPolicy } from "../sandbox/index.ts";
import type { Checkpoints } from "./contract.ts";
import { type Lab, picture } from "./simulate.suite.ts";

/** How commands are confined while they are recorded. */
export interface RecordedTurn {
  name: string;
  sandbox: Sandbox;
  mode: SandboxPolicy["mode"];
}

/** What this machine offers; without confinement only root's commands are recorded. */
export async function recordings(): Promise<RecordedTurn[]> {
  const cache = makeBase();
  const found: RecordedTurn[] = [];
  for (const tier of ["ns", "landlock"] as const) {
    const sandbox = await tierHere(tier, cache);
    if (sandbox) found.push({ name: tier, sandbox, mode: "workspace-write" });
  }
  const [any] = found;
  if (any && process.getuid?.() === 0) found.push({ ...any, name: "no confinement", mode: "danger-full-access" });
  remove(cache);
  return found;
}

/** A turn of one command, which is not closed yet. */
export async function beginTurn({ sandbox, mode }: RecordedTurn, lab: Lab, id: string) {
  const checkpoints = await lab.open();
  checkpoints.begin(`turn-${id}`);
  const capture = checkpoints.capture(`call-${id}`, "command");
  if (!capture) throw new Error("nothing is recorded");
  return { checkpoints, sandbox, policy: policyFor(lab.root, { mode, capture }) };
}

export async function endTurn(checkpoints: Checkpoints, id: string): Promise<void> {
  await checkpoints.sealed(`call-${id}`);
  await checkpoints.close();
  await checkpoints.settle();
}

/** A turn of one shell script; gives what it said. */
export async function runRecorded(recording: RecordedTurn, lab: Lab, id: string, script: string): Promise<string> {
  const { checkpoints, sandbox, policy } = await beginTurn(recording, lab, id);
  const ended = await run(sandbox, sh(script), policy, lab.root);
  if (ended.report instanceof Error) throw ended.report;
  if (!ended.report.captured) throw new Error(`not captured: ${ended.report.captured_reason}`);
  await endTurn(checkpoints, id);
  return ended.stdout;
}

/** The same, and while it runs the launcher's child, which records, is killed as soon as `isTime`. */
export async function killTurn(recording: RecordedTurn, lab: Lab, id: string, script: string, kill: KillTime) {
  const { checkpoints, sandbox, policy } = await beginTurn(recording, lab, id);
  const { child, report, leftovers } = startCommand(sandbox, sh(script), policy, lab.root, "separate");
  await report;
  await kill(child.pid, policy.capture?.directory ?? "");
  await child.exited;
  // The launcher may be gone before what it started.
  await leftovers();
  await endTurn(checkpoints, id);
}
export type KillTime = (launcher: number, capture: string) => Promise<void>;

/** A tree without git's own directory, of which nothing is recorded. */
export const pictureOfWork = (root: string): string[] => picture(root).filter((line) => !line.startsWith("/.git/"));
