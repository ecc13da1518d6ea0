// What the tests of the launcher share: a workspace with an outside, and commands run and ended for real.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SandboxReport } from "../protocol/index.ts";
import { type GuardFinding, type Sandbox, SandboxError, type SandboxPolicy } from "./contract.ts";
import { openSandbox } from "./launch/launch.ts";
import type { ConfiningTier } from "./launch/probe.ts";

/** Not beneath /tmp, which policies often make writable. */
export function makeBase(): string {
  return realpathSync(mkdtempSync(join(existsSync("/var/tmp") ? "/var/tmp" : tmpdir(), "moat-test-")));
}

/** A fresh directory beneath `base` with a workspace and something that lies outside of it. */
export function makeWorkspace(base: string): { inside: string; outside: string } {
  const root = mkdtempSync(join(base, "w-"));
  const paths = { inside: join(root, "inside"), outside: join(root, "outside") };
  for (const path of Object.values(paths)) mkdirSync(path);
  return paths;
}

/** workspace-write in `inside`, with nothing protected or hidden and no network. */
export function policyFor(inside: string, more: Partial<SandboxPolicy> = {}): SandboxPolicy {
  return {
    mode: "workspace-write",
    writable: [inside],
    protected: [],
    stand_ins: [],
    own: [],
    hidden: [],
    net: "none",
    unix: "masked",
    require: [],
    ...more,
  };
}

export const env = { PATH: "/usr/local/bin:/usr/bin:/bin" };

/** How a command ended and what it said. */
export interface EndedRun {
  exit: number | null;
  stdout: string;
  stderr: string;
  report: SandboxReport | SandboxError;
  findings: GuardFinding[];
}

/** Spawns as src/process does. */
export function startCommand(
  sandbox: Sandbox,
  argv: string[],
  policy: SandboxPolicy,
  cwd: string,
  output?: "separate",
  stdin: "ignore" | number = "ignore",
) {
  const launch = sandbox.launch(argv, policy, cwd, env, output);
  const child = Bun.spawn(launch.argv, {
    cwd: "/",
    env: launch.env,
    stdio: [stdin, "pipe", "pipe", "pipe"],
    detached: true,
  });
  const report = launch.confirm(child.stdio[3] as unknown as number);
  return { child, report, finish: launch.finish, leftovers: launch.leftovers, spent: launch.spent };
}

/** Runs a command to its end. */
export async function run(
  sandbox: Sandbox,
  argv: string[],
  policy: SandboxPolicy,
  cwd: string,
  output?: "separate",
  stdin?: "ignore" | number,
): Promise<EndedRun> {
  const { child, report, finish } = startCommand(sandbox, argv, policy, cwd, output, stdin);
  const [stdout, stderr, said] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    report.catch((error: unknown) => {
      if (error instanceof SandboxError) return error;
      throw error;
    }),
    child.exited,
  ]);
  return { exit: child.exitCode, stdout, stderr, report: said, findings: await finish() };
}

/**
 * Runs it until the report says that unix sockets were masked. Any program of the machine may have one at this moment that cannot be
 * found, and that closes the family: again, until there is none.
 */
export async function whenMasked(once: () => Promise<EndedRun>): Promise<EndedRun> {
  for (;;) {
    const ended = await once();
    if (ended.report instanceof SandboxError || ended.report.unix !== "none") return ended;
  }
}

export const sh = (script: string): string[] => ["sh", "-c", script];

/** The sandbox of one tier, or null where the machine does not offer it. */
export async function tierHere(tier: ConfiningTier, base: string): Promise<Sandbox | null> {
  if (process.platform !== "linux") return null;
  return openSandbox({ cache_dir: join(base, "cache"), force_tier: tier }).catch(() => null);
}

/** As on a machine where commands are started behind `prefix`. */
export function startedBehind(prefix: string[], inner: Sandbox): Sandbox {
  return {
    tier: inner.tier,
    launch(...args) {
      const launch = inner.launch(...args);
      return { ...launch, argv: [...prefix, ...launch.argv] };
    },
  };
}

/** A number for `sleep` that no other process has in its arguments. */
export function marker(): string {
  return `600.${crypto.getRandomValues(new Uint32Array(1))[0]}`;
}

/** Processes of the machine, also those in other PID namespaces, that have `text` in their arguments. */
export function processesWith(text: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name) && argumentsOf(name).includes(text))
    .map(Number)
    .filter((pid) => pid !== process.pid);
}

function argumentsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return "";
  }
}

/**
 * Waits until `condition` holds: for as long as the test may take, as a busy machine is slow and not wrong. A limit is for what
 * should not happen; false when it did not.
 */
export async function until(condition: () => boolean, limit_ms = Number.POSITIVE_INFINITY): Promise<boolean> {
  for (const end = performance.now() + limit_ms; performance.now() < end; await Bun.sleep(2)) {
    if (condition()) return true;
  }
  return condition();
}

/** Removes everything, also directories that a command made as closed as the cover that it copied. */
export function remove(path: string): void {
  Bun.spawnSync(["chmod", "-R", "u+rwX", path], { stderr: "ignore" });
  rmSync(path, { recursive: true, force: true });
}
