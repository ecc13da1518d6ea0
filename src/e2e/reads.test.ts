// What is judged to only read changes nothing when it really runs: lines of all kinds over the table of such commands, run by the
// shells and programs of this machine in a sandbox in which only a directory of bait can be written.
// MOAT_TEST_SEED repeats a run; tools that are missing are left out.
import { afterAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Helps } from "../policy/fuzz/programs.suite.ts";
import { randomFrom, type Random } from "../policy/fuzz/random.suite.ts";
import type { Batch, Effect } from "../policy/fuzz/runner.suite.ts";
import { type Line, nextLine } from "../policy/fuzz/scripts.suite.ts";
import { makeWorld, type World } from "../policy/fuzz/world.suite.ts";
import { GIT_ROWS, judgeCommand, ROWS } from "../policy/index.ts";
import { gitEnvironment } from "../sandbox/index.ts";
import { binary } from "./harness.ts";

const FULL = process.env.MOAT_TEST_FULL === "1";
const SEED = Number(process.env.MOAT_TEST_SEED ?? 1);
/** One minute of every run of the tests, ten of the long one. */
const DURATION = FULL ? 600_000 : 60_000;
/** Lines that one sandbox runs. */
const BATCH = 300;

const base = realpathSync(mkdtempSync(join(tmpdir(), "moat-reads-")));
/** What the sandbox lets be written; at its top it keeps places of its own. */
const root = join(base, "root");
const world = join(root, "world");
mkdirSync(world, { recursive: true });
afterAll(() => rmSync(base, { recursive: true, force: true }));

const path = (process.env.PATH ?? "").split(":").filter((entry) => entry.startsWith("/")).join(":");
const programs = [...new Set(ROWS.flatMap((row) => row.programs.map((name) => name.split(" ")[0] ?? "")))];
const present = (names: string[]) => names.map((name) => Bun.which(name, { PATH: path })).filter((found) => found !== null);

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

/** Other implementations of the same programs, which come first on the path. */
function implementations(): string[] {
  const all = ["busybox", "toybox"].flatMap((name) => {
    const file = Bun.which(name, { PATH: path });
    if (file === null) return [];
    const known = spawnSync(file, name === "busybox" ? ["--list"] : [], { encoding: "utf8" }).stdout.split(/\s+/);
    return [standIns(name, file, programs.filter((program) => known.includes(program)))];
  });
  const awks = present(["gawk", "mawk", "original-awk", "bwk"]).map((file, index) => standIns(`awk${index}`, file, ["awk"]));
  return ["", ...all, ...awks];
}

/** Inside a sandbox in which nothing but the world can be written. */
const confined = (...argv: string[]) =>
  spawnSync(binary, ["sandbox", "--read-only", "--write", root, "-C", root, "--", ...argv], {
    encoding: "utf8",
    maxBuffer: 64 << 20,
    env: { ...process.env, PATH: path },
  });

/** The options that the help of each program names. */
function readHelps(): Helps {
  const git = [...new Set(GIT_ROWS.flatMap((row) => row.programs.map((name) => `git ${name.split(" ")[0]}`)))];
  const waits = ["yes", "sleep", "cat"];
  const asked = [...programs.filter((name) => /^\w+$/.test(name) && !waits.includes(name)), "xargs", "nice", "timeout", "env", ...git];
  const script = asked.map((name) => `echo "== ${name}"; timeout 2 ${name} ${name.startsWith("git ") ? "-h" : "--help"} 2>&1 </dev/null`);
  const told = confined("sh", "-c", script.join("\n")).stdout.split(/^== /m).slice(1);
  return Object.fromEntries(
    told.map((text) => {
      const [name = "", ...lines] = text.split("\n");
      return [name, [...new Set(lines.join("\n").match(/(?<![\w-])--?[A-Za-z][\w-]*/g) ?? [])]];
    }),
  );
}

const corpus: Line[] = readFileSync(join(import.meta.dir, "../policy/fixtures/corpus.jsonl"), "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line))
  .map(({ command, shell = "bash" }) => ({ shell, text: command }));

/** As the environment of a command is, under the policy that does not ask about reading. */
const GIT = { ...gitEnvironment({}, [["safe.bareRepository", "explicit"]]), GIT_OPTIONAL_LOCKS: "0", GIT_PAGER: "cat", PAGER: "cat" };

function nextSafe(r: Random, helps: Helps): Line {
  for (;;) {
    const line = nextLine(r, helps, corpus, KINDS);
    if (judgeCommand([line.shell, "-c", line.text], { cwd: world, workspace: world }).verdict === "safe") return line;
  }
}

function nextRun(r: Random, line: Line, first: readonly string[]): Batch["runs"][number] {
  const before = r.pick(first);
  return {
    argv: [...r.pick(SHELLS[line.shell]), line.text],
    env: {
      ...GIT,
      PATH: before === "" ? path : `${before}:${path}`,
      // Then programs look for options before their operands only, as those of BSD do.
      ...(r.oneIn(4) ? { POSIXLY_CORRECT: "1" } : {}),
    },
  };
}

test("nothing that is judged to only read changes anything", () => {
  const r = randomFrom(SEED);
  const templates = (["repository", "planted"] as const).map((kind: World) => {
    const dir = join(base, kind);
    mkdirSync(dir);
    makeWorld(dir, kind);
    return dir;
  });
  const helps = readHelps();
  const first = implementations();
  const file = join(base, "batch.json");
  const wrong: string[] = [];
  let ran = 0;
  for (const end = Date.now() + DURATION; Date.now() < end && wrong.length === 0; ran += BATCH) {
    const runs = r.some(BATCH, BATCH, () => nextRun(r, nextSafe(r, helps), first));
    const batch: Batch = { template: r.pick(templates), limit: 1_000, runs };
    writeFileSync(file, JSON.stringify(batch));
    const done = confined(process.execPath, join(import.meta.dir, "../policy/fuzz/runner.suite.ts"), world, file);
    if (done.status !== 0) throw new Error(`the runner failed: ${done.stderr}`);
    const effects: Effect[] = JSON.parse(done.stdout);
    wrong.push(...effects.map(({ run, changes }) => `${JSON.stringify(runs[run])}\n  ${changes.join("\n  ")}`));
  }
  console.log(`seed ${SEED}: ${ran} lines ran in ${KINDS.join(", ")} with ${first.length} sets of programs`);
  expect(wrong).toEqual([]);
  expect(ran).toBeGreaterThan(0);
}, DURATION + 120_000);
