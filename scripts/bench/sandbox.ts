// What confinement costs, beside bubblewrap with the same mounts in the same run. Only ratios and CPU times mean something.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sandbox, SandboxPolicy } from "../../src/sandbox/index.ts";
import { openSandbox, resolvePolicy } from "../../src/sandbox/index.ts";
import { embedded, prepare } from "../../src/sandbox/launch/embedded.ts";
import { type Cost, interleaved, root, row } from "./measure.ts";

const RUNS = 60;
const COMMAND = "/bin/true";

/** Prints the table of "Numbers to hit". */
export async function run(): Promise<void> {
  // Not in /tmp, where the hidden place would have as many neighbours as the machine has leftovers.
  const parent = existsSync("/var/tmp") ? "/var/tmp" : tmpdir();
  const directory = realpathSync(mkdtempSync(join(parent, "moat-bench-sandbox-")));
  try {
    await measure(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Least time, in ms, to find out what a command may do here. */
async function resolution(home: string): Promise<number> {
  const write = {
    writable_roots: [],
    network_access: false,
    exclude_slash_tmp: false,
    exclude_tmpdir_env_var: true,
    hidden_paths: [],
  };
  const times: number[] = [];
  for (let run = 0; run < 25; run++) {
    const start = performance.now();
    await resolvePolicy({ mode: "workspace-write", cwd: root, home, moat_home: home, tmpdir: null, ...write });
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

async function measure(directory: string): Promise<void> {
  const policy = makePolicy(directory);
  const cache_dir = join(directory, "cache");
  const prepared = await preparation(cache_dir);
  const ns = await openSandbox({ cache_dir, force_tier: "ns" }).catch(() => null);
  const landlock = await openSandbox({ cache_dir, force_tier: "landlock" }).catch(() => null);
  const bwrap = Bun.which("bwrap") ? bwrapFor(policy) : null;
  const cost = await interleaved(
    {
      bare: () => spawn([COMMAND]),
      ...(bwrap ? { bwrap: () => spawn(bwrap) } : {}),
      ...(ns ? { ns: () => confined(ns, policy, directory) } : {}),
      ...(landlock ? { landlock: () => confined(landlock, policy, directory) } : {}),
    },
    RUNS,
  );
  for (const arch of ["x64", "arm64"]) {
    const file = join(root, "native", "out", `moat-launch-${arch}`);
    if (existsSync(file)) row(`launcher for ${arch}`, statSync(file).size / 1024, 64, "KB");
  }
  row("preparing the launcher, once", prepared, 2, "ms");
  row("resolving the policy of this repository", await resolution(directory), 2, "ms");
  printTier("ns", cost, 0.8);
  printTier("landlock", cost, 0.5);
  if (landlock) {
    const call = await supervisedCall(landlock, policy, directory);
    row("landlock: wall time of a supervised call", call.wall, 100, "µs");
    console.log(`  landlock: CPU time of a supervised call ${call.cpu.toFixed(1)} µs`);
  }
  for (const [name, sandbox] of Object.entries({ ns, landlock })) {
    if (sandbox)
      row(`${name}: tree gone after SIGKILL of the launcher`, await killed(sandbox, policy, directory), 100, "ms");
  }
}

/** Microseconds of wall time and of CPU time that one chmod in the workspace takes, the supervisor's included. */
async function supervisedCall(sandbox: Sandbox, policy: SandboxPolicy, directory: string): Promise<Cost> {
  const calls = 5000;
  const loop = (count: number) => [
    process.execPath,
    "-e",
    `const { chmodSync } = require("fs"); for (let i = 0; i < ${count}; i++) chmodSync("work", 0o755)`,
  ];
  const { none, all } = await interleaved(
    {
      none: () => confined(sandbox, policy, directory, loop(0)),
      all: () => confined(sandbox, policy, directory, loop(calls)),
    },
    7,
  );
  const each = (key: "wall" | "cpu") => (((all?.[key] ?? 0) - (none?.[key] ?? 0)) / calls) * 1000;
  return { wall: each("wall"), cpu: each("cpu"), rss: 0 };
}

/** Until the launcher can be spawned; loading the modules that do it is not counted, probing the machine is no part of it. */
async function preparation(cache_dir: string): Promise<number> {
  await import("../../src/sandbox/launch/memfd.ts");
  const start = performance.now();
  let end = start;
  await prepare(embedded(), cache_dir, async () => {
    end = performance.now();
  });
  return end - start;
}

function printTier(tier: string, cost: Record<string, Cost>, target: number): void {
  const { bare, bwrap, [tier]: own } = cost;
  if (!own || !bare) {
    console.log(`  ${tier}: not to be had on this machine`);
    return;
  }
  console.log(`  ${tier}: wall time added ${(own.wall - bare.wall).toFixed(2)} ms`);
  if (bwrap)
    row(`${tier}: wall time added, beside bwrap's`, (own.wall - bare.wall) / (bwrap.wall - bare.wall), target, "×");
  else console.log("  bwrap is not installed (apt-get install bubblewrap): no ratio");
  row(`${tier}: CPU time added`, Math.max(0, own.cpu - bare.cpu), 4, "ms");
}

/** A workspace with a protected and a hidden place, and a temporary directory. */
function makePolicy(directory: string): SandboxPolicy {
  const at = (name: string) => join(directory, name);
  for (const name of ["work/.git/hooks", "tmp", "secret"]) mkdirSync(at(name), { recursive: true });
  return {
    mode: "workspace-write",
    writable: [at("work"), at("tmp")],
    protected: [at("work/.git")],
    hidden: [at("secret")],
    net: "none",
    stand_ins: [],
    own: [],
    unix: "masked",
    require: [],
  };
}

/** The same for bwrap: everything read-only but the writable places, one read-only in them, one covered. */
function bwrapFor({ writable, protected: closed, hidden }: SandboxPolicy): string[] {
  const bind = (flag: string, paths: string[]) => paths.flatMap((path) => [flag, path, path]);
  const mounts = [
    ...bind("--bind", writable),
    ...bind("--ro-bind", closed),
    ...hidden.flatMap((path) => ["--tmpfs", path]),
  ];
  const namespaces = ["--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--die-with-parent"];
  return ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", ...mounts, ...namespaces, COMMAND];
}

async function spawn(argv: string[]): Promise<Cost> {
  const start = performance.now();
  const child = Bun.spawn(argv, { stdio: ["ignore", "pipe", "pipe"] });
  await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return costOf(child, start);
}

async function confined(
  sandbox: Sandbox,
  policy: SandboxPolicy,
  directory: string,
  command = [COMMAND],
): Promise<Cost> {
  const launch = sandbox.launch(command, policy, directory, {});
  const start = performance.now();
  const child = Bun.spawn(launch.argv, { env: launch.env, stdio: ["ignore", "pipe", "pipe", "pipe"] });
  await Promise.all([
    launch.confirm(child.stdio[3] as unknown as number),
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  return costOf(child, start);
}

function costOf(child: Bun.Subprocess, start: number): Cost {
  const wall = performance.now() - start;
  if (child.exitCode !== 0) throw new Error(`a measured command ended with ${child.exitCode}`);
  const usage = child.resourceUsage();
  return { wall, cpu: Number(usage?.cpuTime.total ?? 0) / 1000, rss: (usage?.maxRSS ?? 0) / 1e6 };
}

/** Milliseconds from SIGKILL of the launcher until the last process of a command is gone; the worst of ten. */
async function killed(sandbox: Sandbox, policy: SandboxPolicy, directory: string): Promise<number> {
  let worst = 0;
  for (let i = 0; i < 10; i++) {
    const mark = `600.${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    const script = `(setsid sleep ${mark} &); nohup sleep ${mark} >/dev/null 2>&1 & sleep ${mark}`;
    const launch = sandbox.launch(["sh", "-c", script], policy, directory, { PATH: "/usr/bin:/bin" });
    const child = Bun.spawn(launch.argv, { env: launch.env, stdio: ["ignore", "ignore", "ignore", "pipe"] });
    await launch.confirm(child.stdio[3] as unknown as number);
    let pids: string[] = [];
    while (pids.length < 3) pids = processesWith(`sleep\0${mark}`);
    const start = performance.now();
    child.kill("SIGKILL");
    while (pids.some((pid) => commandLine(pid) !== "")) await Bun.sleep(0.5);
    worst = Math.max(worst, performance.now() - start);
    await child.exited;
  }
  return worst;
}

function processesWith(text: string): string[] {
  return readdirSync("/proc").filter((pid) => /^[0-9]+$/.test(pid) && commandLine(pid).includes(text));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return "";
  }
}
