// What is judged to only read changes nothing when it really runs: lines of all kinds over the table of such commands, run by the
// shells and programs of this machine in a sandbox in which only a directory of bait can be written.
// MOAT_TEST_SEED repeats a run; tools that are missing are left out.
import { afterAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Helps } from "../policy/fuzz/programs.suite.ts";
import { type Random, randomFrom } from "../policy/fuzz/random.suite.ts";
import type { Batch, FuzzEffect } from "../policy/fuzz/runner.suite.ts";
import { type FuzzLine, nextLine } from "../policy/fuzz/scripts.suite.ts";
import { makeWorld } from "../policy/fuzz/world.suite.ts";
import { GIT_ROWS, judgeCommand, ROWS } from "../policy/index.ts";
import { gitEnvironment } from "../sandbox/index.ts";
import { binary } from "./harness.ts";

const FULL = process.env.MOAT_TEST_FULL === "1";
const SEED = Number(process.env.MOAT_TEST_SEED ?? 1);
/** One minute of every run of the tests, ten of the long one. */
const DURATION = FULL ? 600_000 : 60_000;
/** Sandboxes side by side, each with a stream of lines of its own. */
const WORKERS = 2;
/** Lines that one sandbox runs. */
const BATCH = 300;
/** Milliseconds for one line. */
const LIMIT = 1_000;

const base = realpathSync(mkdtempSync(join(tmpdir(), "moat-reads-")));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const path = (process.env.PATH ?? "")
  .split(":")
  .filter((entry) => entry.startsWith("/"))
  .join(":");
const programs = [...new Set(ROWS.flatMap((row) => row.programs.map((name) => name.split(" ")[0] ?? "")))];
const present = (names: string[]) =>
  names.map((name) => Bun.which(name, { PATH: path })).filter((found) => found !== null);

/** The shells that each kind of script is run by. */
const SHELLS = {
  bash: present(["bash"]).map((file) => [file, "-c"]),
  zsh: present(["zsh"]).map((file) => [file, "-f", "-c"]),
  sh: [
    ...present(["dash", "mksh", "ksh"]).map((file) => [file, "-c"]),
    ...present(["busybox"]).map((file) => [file, "sh", "-c"]),
    ...present(["bash"]).map((file) => [file, "--posix", "-c"]),
  ],
};
const KINDS = (["bash", "zsh", "sh"] as const).filter((kind) => SHELLS[kind].length > 0);

/** A directory in which these names are another program. */
function standIns(label: string, target: string, names: readonly string[]): string {
  const dir = join(base, label);
  mkdirSync(dir);
  for (const name of names) symlinkSync(target, join(dir, name));
  return dir;
}

/** Other implementations of the same programs, which come first on the path; an empty text for those of the system. */
function implementations(): string[] {
  const all = ["busybox", "toybox"].flatMap((name) => {
    const file = Bun.which(name, { PATH: path });
    if (file === null) return [];
    const known = spawnSync(file, name === "busybox" ? ["--list"] : [], { encoding: "utf8" }).stdout.split(/\s+/);
    const names = programs.filter((program) => known.includes(program));
    return [standIns(name, file, names)];
  });
  const awks = present(["gawk", "mawk", "original-awk", "bwk"]).map((file, i) => standIns(`awk${i}`, file, ["awk"]));
  return ["", ...all, ...awks];
}

/** What a program prints in a sandbox in which only `root` can be written. */
async function confined(root: string, argv: readonly string[]): Promise<string> {
  const child = Bun.spawn([binary, "sandbox", "--read-only", "--write", root, "-C", root, "--", ...argv], {
    env: { ...process.env, PATH: path },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [told, errors, exit] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (exit !== 0) throw new Error(`${argv[0]} failed in the sandbox: ${errors}`);
  return told;
}

/** The options that the help of each program names. */
async function readHelps(root: string): Promise<Helps> {
  const git = [...new Set(GIT_ROWS.flatMap((row) => row.programs.map((name) => `git ${name.split(" ")[0]}`)))];
  const asked = programs.filter((name) => /^\w+$/.test(name) && !["yes", "sleep", "cat"].includes(name));
  const script = [...asked, "xargs", "nice", "timeout", "env", ...git].map((name) => {
    const help = name.startsWith("git ") ? "-h" : "--help";
    return `echo "== ${name}"; timeout 2 ${name} ${help} 2>&1 </dev/null`;
  });
  const told = await confined(root, ["sh", "-c", `${script.join("\n")}\ntrue`]);
  const entries = told.split(/^== /m).slice(1);
  return Object.fromEntries(
    entries.map((text) => {
      const [name = "", ...lines] = text.split("\n");
      return [name, [...new Set(lines.join("\n").match(/(?<![\w-])--?[A-Za-z][\w-]*/g) ?? [])]];
    }),
  );
}

const corpus: FuzzLine[] = readFileSync(join(import.meta.dir, "../policy/fixtures/corpus.jsonl"), "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line))
  .map(({ command, shell = "bash" }) => ({ shell, text: command }));

/** As the environment of a command is under the policy that does not ask about reading. */
const GIT = {
  ...gitEnvironment({}, [["safe.bareRepository", "explicit"]]),
  GIT_OPTIONAL_LOCKS: "0",
  GIT_PAGER: "cat",
  PAGER: "cat",
};

function nextSafe(r: Random, helps: Helps, world: string): FuzzLine {
  for (;;) {
    const line = nextLine(r, helps, corpus, KINDS);
    if (judgeCommand([line.shell, "-c", line.text], { cwd: world, workspace: world }).verdict === "safe") return line;
  }
}

function nextRun(r: Random, line: FuzzLine, first: readonly string[]): Batch["runs"][number] {
  const before = r.pick(first);
  // Then programs look for options before their operands only, as those of BSD do.
  const posix = r.oneIn(4) ? { POSIXLY_CORRECT: "1" } : {};
  return {
    argv: [...r.pick(SHELLS[line.shell]), line.text],
    env: { ...GIT, ...posix, PATH: before === "" ? path : `${before}:${path}` },
  };
}

interface Source {
  templates: readonly string[];
  helps: Helps;
  first: readonly string[];
}

/** Runs lines until the time is over, or one changed something; returns how many, and what those were. */
async function work(worker: number, end: number, { templates, helps, first }: Source) {
  const r = randomFrom(SEED * WORKERS + worker);
  // The sandbox keeps places of its own at the top of what can be written, so the world is one below.
  const root = join(base, `root${worker}`);
  const world = join(root, "world");
  mkdirSync(world, { recursive: true });
  const file = join(base, `batch${worker}.json`);
  const wrong: string[] = [];
  let ran = 0;
  for (; Date.now() < end && wrong.length === 0; ran += BATCH) {
    const runs = r.some(BATCH, BATCH, () => nextRun(r, nextSafe(r, helps, world), first));
    const batch: Batch = { template: r.pick(templates), limit: LIMIT, runs };
    writeFileSync(file, JSON.stringify(batch));
    const runner = join(import.meta.dir, "../policy/fuzz/runner.suite.ts");
    const effects: FuzzEffect[] = JSON.parse(await confined(root, [process.execPath, runner, world, file]));
    wrong.push(...effects.map(({ run, changes }) => `${JSON.stringify(runs[run])}\n  ${changes.join("\n  ")}`));
  }
  return { ran, wrong };
}

test(
  "nothing that is judged to only read changes anything",
  async () => {
    const templates = (["repository", "planted"] as const).map((kind) => {
      const dir = join(base, kind);
      mkdirSync(dir);
      makeWorld(dir, kind);
      return dir;
    });
    const source = { templates, helps: await readHelps(base), first: implementations() };
    const end = Date.now() + DURATION;
    const workers = await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker, end, source)));
    const ran = workers.reduce((sum, worker) => sum + worker.ran, 0);
    console.log(`seed ${SEED}: ${ran} lines ran in ${KINDS.join(", ")} with ${source.first.length} sets of programs`);
    expect(workers.flatMap(({ wrong }) => wrong)).toEqual([]);
    expect(ran).toBeGreaterThan(0);
  },
  DURATION + 120_000,
);
