import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SandboxReport } from "../../protocol/index.ts";
import type { Launch, Sandbox, SandboxPolicy } from "../../sandbox/index.ts";
import type { Host } from "../contract.ts";
import { ATTACKS, type Attack, type AttackTarget, prepareTarget } from "./attacks.ts";
import { type AttackFinding, type AttackVerdict, type Diagnosis, describe } from "./diagnosis.ts";
import { readSystem, remedies } from "./remedy.ts";

/** Attacks moat's own sandbox and says what held. Exit code 0 when all that the report claims is true, else 1. */
export async function runDoctor(host: Host, json: boolean): Promise<number> {
  const diagnosis = await diagnose(host);
  if (json) host.json(diagnosis);
  else host.stdout(describe(diagnosis));
  const sound = diagnosis.problem === null && diagnosis.findings.every(({ verdict }) => verdict !== "BROKEN");
  return sound ? 0 : 1;
}

async function diagnose(host: Host): Promise<Diagnosis> {
  const facts = readSystem(host.env);
  const diagnosis: Diagnosis = {
    tier: "none",
    report: null,
    system: facts.distribution,
    kernel: facts.kernel,
    problem: null,
    namespaces: null,
    findings: [],
    remedies: [],
  };
  const { openSandbox, probeMachine, SandboxError } = await import("../../sandbox/index.ts");
  const base = realpathSync(mkdtempSync(join(tmpdir(), "moat-doctor-")));
  try {
    // A cache of its own: what the attacks plant and the guard moves away is not worth keeping.
    const cache_dir = join(base, "cache");
    const sandbox = await openSandbox({ cache_dir });
    diagnosis.tier = sandbox.tier;
    if (process.platform === "linux") diagnosis.namespaces = (await probeMachine(cache_dir)).reason;
    Object.assign(diagnosis, await attackAll(sandbox, host, base));
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    diagnosis.problem = error.message;
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
  diagnosis.remedies = remedies(diagnosis.tier, diagnosis.report?.abi ?? 0, facts);
  return diagnosis;
}

async function attackAll(
  sandbox: Sandbox,
  host: Host,
  base: string,
): Promise<{ report: SandboxReport; findings: AttackFinding[] }> {
  const env = await childEnv(host);
  const places = prepareTarget(base);
  const unix_socket = join(places.outside, "socket");
  const servers = await Promise.all([listen({ host: "127.0.0.1", port: 0 }), listen({ path: unix_socket })]);
  try {
    const policy = await doctorPolicy(places.workspace, places.home);
    const run = (script: string) => attempt(sandbox.launch(["/bin/sh", "-c", script], policy, places.workspace, env));
    const report = await run("true");
    const address = servers[0].server.address();
    const target = {
      ...places,
      unix_socket,
      tcp_port: typeof address === "object" && address ? address.port : 0,
      visits: () => servers.reduce((sum, { visits }) => sum + visits(), 0),
      mark: `moat-doctor-${crypto.randomUUID()}`,
    };
    const findings: AttackFinding[] = [];
    for (const attack of ATTACKS) {
      const verdict = await judge(attack, target, report, run, (script) => plainRun(script, env));
      findings.push({ attack: attack.name, protection: attack.protection, verdict });
    }
    return { report, findings };
  } finally {
    for (const { server } of servers) server.close();
  }
}

async function doctorPolicy(workspace: string, home: string): Promise<SandboxPolicy> {
  const { resolvePolicy, SandboxError } = await import("../../sandbox/index.ts");
  const resolved = await resolvePolicy({
    mode: "workspace-write",
    cwd: workspace,
    home,
    moat_home: join(home, ".moat"),
    tmpdir: null,
    writable_roots: [],
    network_access: false,
    hidden_paths: [],
    exclude_slash_tmp: true,
    exclude_tmpdir_env_var: true,
  });
  if (!resolved.ok) throw new SandboxError(resolved.message);
  return resolved.policy;
}

type Run = (script: string) => Promise<unknown>;

/** One attack, first without the sandbox, then inside; each time on a fresh victim. */
async function judge(
  attack: Attack,
  places: Omit<AttackTarget, "victim_pid" | "victimDied">,
  report: SandboxReport,
  inside: Run,
  outside: Run,
): Promise<AttackVerdict> {
  const tryOnce = async (run: Run) => {
    const victim = Bun.spawn(["/bin/sh", "-c", "read line"], { stdio: ["pipe", "ignore", "ignore"] });
    const target: AttackTarget = { ...places, victim_pid: victim.pid, victimDied: () => diedSoon(victim) };
    try {
      attack.reset(target);
      await run(attack.script(target));
      return await attack.succeeded(target);
    } finally {
      victim.kill("SIGKILL");
      attack.reset(target);
    }
  };
  if (!(await tryOnce(outside))) return "untried";
  if (!(await tryOnce(inside))) return "held";
  return isClaimed(attack.protection, report) ? "BROKEN" : "open";
}

/** Signals arrive at once; this is how long the news of a death may take, in ms. */
const DEATH_NEWS_MS = 100;

async function diedSoon(victim: Bun.Subprocess): Promise<boolean> {
  const alive = Bun.sleep(DEATH_NEWS_MS).then(() => false);
  return Promise.race([alive, victim.exited.then(() => true)]);
}

/** The report says that this is enforced. System calls are filtered in every tier. */
function isClaimed(protection: Attack["protection"], report: SandboxReport): boolean {
  switch (protection) {
    case "fs":
      return report.fs !== "full";
    case "net":
      return report.net !== "full";
    case "unix":
      return report.unix !== "allow";
    case "syscalls":
      return report.tier !== "none" && report.tier !== "external";
    default:
      return report[protection];
  }
}

async function attempt(launch: Launch): Promise<SandboxReport> {
  const child = Bun.spawn(launch.argv, { env: launch.env, stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const report = await launch.confirm(child.stdio[3] as unknown as number);
  await exitedInTime(child);
  await launch.finish();
  return report;
}

/** The control: the same script without confinement. */
async function plainRun(script: string, env: Record<string, string>): Promise<void> {
  const child = Bun.spawn(["/bin/sh", "-c", script], { env, stdio: ["ignore", "ignore", "ignore"] });
  await exitedInTime(child);
}

/** An attack needs some hundredths of a second; a tool that tries again and again has its answer after this many ms. */
const ATTEMPT_MS = 5000;

async function exitedInTime(child: Bun.Subprocess): Promise<void> {
  const timer = setTimeout(() => child.kill("SIGKILL"), ATTEMPT_MS);
  await child.exited;
  clearTimeout(timer);
}

/** The control runs outside the sandbox: no program of it may come from where commands write, or with a project. */
async function childEnv(host: Host): Promise<Record<string, string>> {
  const [{ safePath }, { usualReach }] = await Promise.all([
    import("../../sandbox/index.ts"),
    import("../../open/index.ts"),
  ]);
  return { PATH: safePath(host.env.PATH ?? "", await usualReach(host)) };
}

/** A server that answers nothing and counts its visitors. */
async function listen(
  where: { host: string; port: number } | { path: string },
): Promise<{ server: Server; visits(): number }> {
  let count = 0;
  const server = createServer((socket) => {
    count++;
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(where, resolve));
  return { server, visits: () => count };
}
