// bun run bench undo [--write]: what recording for undo costs, beside the same command without it in the same run, in a workspace of 1 GB in
// 100,000 files; and what taking it back does.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Checkpoints, loadLiveCheckpoints, loadStoredCheckpoints } from "../../src/checkpoint/index.ts";
import { openSandbox, type Sandbox, type SandboxPolicy } from "../../src/sandbox/index.ts";
import { type Cost, interleaved, row } from "./measure.ts";
import { circumstances, inWords } from "./page/machine.ts";
import { digits, tableOf, writePart } from "./page/page.ts";
import { keepingRegistry } from "./registry.ts";

const DIRECTORIES = 1000;
const FILES = 100;
const BYTES = 10_000;
const RUNS = 7;
/** The workspace, what is kept of it, a second copy while it is undone, and room to spare. */
const DISK = 8e9;
/** CPU time of the undo: what a prototype took for 50,000 removed files. */
const UNDO_SECONDS = 2.4;
/** A mid-sized project: some 260 packages. */
const PROJECT = { name: "bench", version: "1.0.0", private: true, dependencies: { jest: "29.7.0" } };

export async function run(): Promise<void> {
  const parent = existsSync("/var/tmp") ? "/var/tmp" : tmpdir();
  const { bavail, bsize } = statfsSync(parent);
  if (bavail * bsize < DISK) {
    console.log(`  not run: ${parent} has less than ${DISK / 1e9} GB free`);
    return;
  }
  const ended = circumstances();
  const directory = realpathSync(mkdtempSync(join(parent, "moat-bench-undo-")));
  try {
    const sandbox = await openSandbox({ cache_dir: join(directory, "cache") });
    const bench = new UndoBench(sandbox, directory);
    await bench.reading();
    await bench.installing();
    await bench.destroying();
    const table = tableOf(["", "measured", "target"], bench.rows);
    if (process.argv.includes("--write")) writePart("undo", `${inWords(ended())}\n\n${table}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

class UndoBench {
  /** What was measured, for the page. */
  readonly rows: string[][] = [];
  readonly #sandbox: Sandbox;
  readonly #directory: string;
  readonly #home: string;
  readonly #work: string;
  /** Where commands write what is not recorded. */
  readonly #temporary: string;
  #turns = 0;

  constructor(sandbox: Sandbox, directory: string) {
    this.#sandbox = sandbox;
    this.#directory = directory;
    this.#home = join(directory, "home");
    this.#work = join(directory, "work");
    this.#temporary = join(directory, "tmp");
    for (const path of [this.#home, this.#temporary]) mkdirSync(path);
    for (let d = 0; d < DIRECTORIES; d++) {
      mkdirSync(join(this.#work, `d${d}`), { recursive: true });
      for (let f = 0; f < FILES; f++)
        writeFileSync(join(this.#work, `d${d}/f${f}`), `${d} ${f}\n`.repeat(BYTES).slice(0, BYTES));
    }
    Bun.spawnSync(["sync"]);
  }

  /** A command that changes nothing, in a part of the files: none of its calls leaves the kernel. */
  async reading(): Promise<void> {
    const script = "find . -type f | wc -l; cat d1*/* | wc -c; echo > /dev/null";
    const { plain, recorded } = await interleaved(
      { plain: () => this.#plain(script), recorded: async () => (await this.#recorded(script)).cost },
      RUNS,
    );
    this.#ratio("a command that changes nothing", plain, recorded, 1.15);
  }

  /** Packages from a registry on this machine. */
  async installing(): Promise<void> {
    using registry = keepingRegistry();
    const project = join(this.#work, "project");
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), JSON.stringify(PROJECT));
    const words = ["--no-audit", "--no-fund", "--ignore-scripts", `--registry=${registry?.url}`];
    const cache = join(this.#directory, "npm");
    const first = Bun.spawn(["npm", "install", ...words, `--cache=${cache}`], {
      cwd: project,
      stdio: ["ignore", "ignore", "ignore"],
    });
    if (!registry || (await first.exited) !== 0) {
      console.log("  npm install: not run (no npm, or no registry)");
      return;
    }
    const script = `cd project && rm -rf node_modules $TMPDIR/npm && npm ci ${words.join(" ")} --cache=$TMPDIR/npm`;
    const { plain, recorded } = await interleaved(
      { plain: () => this.#plain(script), recorded: async () => (await this.#recorded(script)).cost },
      3,
    );
    this.#ratio("npm ci (jest)", plain, recorded, 1.25);
    rmSync(project, { recursive: true });
  }

  /** Half of the files removed, 1,000 truncated, and all of it undone. */
  async destroying(): Promise<void> {
    const before = fingerprint(this.#work);
    const kept = DIRECTORIES / 2;
    const whole = diskUsage(this.#work);
    const script = `rm -rf $(seq -f d%g ${kept} ${DIRECTORIES - 1}) && truncate -s 0 $(seq -f d%g/f0 0 ${kept - 1}) $(seq -f d%g/f1 0 ${kept - 1})`;
    const { cost, bytes } = await this.#recorded(script);
    // On disk, where a file takes whole blocks; its directories are not kept.
    const changed = whole - diskUsage(this.#work);
    console.log(`  rm -rf of half and 1,000 truncations, recorded: ${(cost.wall / 1000).toFixed(2)} s`);
    this.#row("extra disk, beside the bytes that were changed", bytes / changed, 1.1, "×");
    const [start, used] = [performance.now(), process.cpuUsage()];
    const { planUndo, applyUndo } = await loadStoredCheckpoints();
    const stored = { threadId: "bench", moatHome: this.#home, now: () => new Date() };
    const plan = await planUndo(stored, { turns: 1 });
    if (!plan.ok) throw new Error(plan.message);
    const done = await applyUndo(stored, plan.value, { force: false });
    if (!done.ok) throw new Error(done.message);
    const [wall, { user, system }] = [performance.now() - start, process.cpuUsage(used)];
    console.log(`  undone in ${(wall / 1000).toFixed(2)} s`);
    this.#row("undo of 50,000 removed and 1,000 truncated files: CPU", (user + system) / 1e6, UNDO_SECONDS, "s");
    this.#row("files and directories that differ afterwards", differences(before, fingerprint(this.#work)), 0, "");
  }

  #ratio(what: string, plain: Cost | undefined, recorded: Cost | undefined, target: number): void {
    if (!plain || !recorded) return;
    console.log(`  ${what}: ${plain.wall.toFixed(0)} ms, recorded ${recorded.wall.toFixed(0)} ms`);
    this.#row(`${what}: wall time`, recorded.wall / plain.wall, target, "×");
    this.#row(`${what}: CPU time`, recorded.cpu / plain.cpu, target, "×");
  }

  #row(what: string, value: number, target: number, unit: string): void {
    row(what, value, target, unit);
    this.rows.push([what, `${digits(value)} ${unit}`.trim(), `≤ ${target} ${unit}`.trim()]);
  }

  #plain(script: string): Promise<Cost> {
    return this.#spawn(script, policyOf([this.#work, this.#temporary]));
  }

  /** What it cost until the turn is closed, and the bytes that are kept of it. */
  async #recorded(script: string): Promise<{ cost: Cost; bytes: number }> {
    const { openCheckpoints } = await loadLiveCheckpoints();
    const thread = { threadId: "bench", moatHome: this.#home, now: () => new Date() };
    const checkpoints: Checkpoints = await openCheckpoints({ ...thread, root: this.#work, enabled: true });
    const id = `${this.#turns++}`;
    checkpoints.begin(id);
    const capture = checkpoints.capture(id, "command");
    if (!capture) throw new Error("nothing is recorded");
    const cost = await this.#spawn(script, { ...policyOf([this.#work, this.#temporary]), capture });
    const bytes = diskUsage(capture.directory);
    await checkpoints.sealed(id);
    await checkpoints.close();
    return { cost, bytes };
  }

  async #spawn(script: string, policy: SandboxPolicy): Promise<Cost> {
    const env = { PATH: process.env.PATH ?? "", HOME: this.#directory, TMPDIR: this.#temporary };
    const launch = this.#sandbox.launch(["sh", "-c", script], policy, this.#work, env);
    const start = performance.now();
    const child = Bun.spawn(launch.argv, { env: launch.env, stdio: ["ignore", "pipe", "pipe", "pipe"] });
    const [, output] = await Promise.all([launch.confirm(child.stdio[3] as unknown as number), child.stdout.text()]);
    await child.exited;
    await launch.finish();
    const wall = performance.now() - start;
    if (child.exitCode !== 0) throw new Error(`a measured command ended with ${child.exitCode}: ${output}`);
    return { wall, cpu: Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1000, rss: 0 };
  }
}

function policyOf(writable: string[]): SandboxPolicy {
  const places = { protected: [], stand_ins: [], own: [], hidden: [] };
  return { mode: "workspace-write", writable, ...places, net: "full", unix: "masked", require: [] };
}

/** Bytes on disk, as du counts them. */
function diskUsage(directory: string): number {
  return Number(Bun.spawnSync(["du", "-sk", directory]).stdout.toString().split("\t")[0]) * 1024;
}

/** Of each thing its mode, owner, and a hash of what it holds. */
function fingerprint(root: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (path: string) => {
    const { mode, uid, gid } = lstatSync(path);
    const names = (mode & 0o170000) === 0o040000 ? readdirSync(path) : null;
    const content = names ? names.length : Bun.hash(readFileSync(path));
    found.set(path, `${mode} ${uid} ${gid} ${content}`);
    for (const name of names ?? []) walk(join(path, name));
  };
  walk(root);
  return found;
}

function differences(before: Map<string, string>, after: Map<string, string>): number {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).length;
}
