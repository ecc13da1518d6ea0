// bun run bench --check: ratios that hold on a busy machine, beside a committed baseline. `--write` makes the baseline anew.
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempProject } from "../../src/testkit/index.ts";
import { bareBinary, type Cost, median, moat, once, ownDirectory } from "./measure.ts";
import { DELTAS, longAnswer, ROUNDS, shells, stage, turn } from "./round.ts";
import { newFile } from "./start.ts";

const BASELINE = join(import.meta.dir, "baseline.json");
/** How often everything is measured. */
const TIMES = 15;
/** How often a row that looks worse is measured again: what another process took away comes back, what the program takes stays. */
const TRIES = 3;
/** Beyond the baseline. */
const WORSE = 1.2;

type Costs = Record<string, Cost>;

/** Each ratio from costs of one run: CPU time beside a bare Bun binary, or beside a shell where a shell is what is started. */
const RATIOS: Record<string, (of: (name: string) => Cost) => number> = {
  "--version: CPU": (of) => of("version").cpu / of("bare").cpu,
  "--help: CPU": (of) => of("help").cpu / of("bare").cpu,
  "apply-patch: CPU": (of) => of("patch").cpu / of("bare").cpu,
  "config list: CPU": (of) => of("config").cpu / of("bare").cpu,
  "doctor: CPU": (of) => of("doctor").cpu / of("bare").cpu,
  "a plain turn: CPU": (of) => of("plain").cpu / of("bare").cpu,
  // No ratio: load does not change it, and how much of its file a bare program has in memory depends on what ran before.
  "a plain turn: peak RSS in MB": (of) => of("plain").rss,
  "a confined round: CPU": (of) => perRound(of, "confined"),
  "a confined round, watched: CPU": (of) => perRound(of, "watched"),
  "an unconfined round: CPU": (of) => perRound(of, "unconfined"),
  "1,000 deltas: CPU": (of) => ((of("deltas").cpu - of("plain").cpu) * 1000) / DELTAS / of("bare").cpu,
};

const perRound = (of: (name: string) => Cost, kind: string) => (of(kind).cpu - of("plain").cpu) / of("shells").cpu;

/** Every row, least of all tries. Rows that look worse than `known` are tried again. */
async function measured(known: Record<string, number>): Promise<Record<string, number>> {
  using directory = ownDirectory();
  using bare = await bareBinary();
  const cases = await casesIn(directory.path, bare.path);
  const least: Record<string, number> = { "binary: size": statSync(moat).size / statSync(bare.path).size };
  for (let tries = 0; tries < TRIES; tries++) {
    for (const [name, value] of Object.entries(await medians(cases)))
      least[name] = Math.min(least[name] ?? Number.POSITIVE_INFINITY, value);
    if (worseThan(known, least).length === 0) break;
  }
  return least;
}

async function casesIn(directory: string, bare: string): Promise<Record<string, () => Promise<Cost>>> {
  const made = await stage(directory, "moat", moat);
  const env = { MOAT_HOME: made.moat_home, OPENAI_API_KEY: "sk-bench" };
  const here = { cwd: made.project, env };
  // Its files are no neighbours of what is measured else.
  const patched = tempProject({}, { git: true }).dir;
  return {
    bare: () => once([bare]),
    shells: () => shells(made, "-c"),
    version: () => once([made.binary, "--version"]),
    help: () => once([made.binary, "--help"]),
    patch: () => once([made.binary, "apply-patch", newFile()], { cwd: patched, env }),
    config: () => once([made.binary, "config", "list"], here),
    doctor: () => once([made.binary, "doctor"], here),
    plain: () => turn(made, 0),
    confined: () => turn(made, ROUNDS),
    watched: () => turn(made, ROUNDS, ["-s", "workspace-write"], "./nothing"),
    unconfined: () => turn(made, ROUNDS, ["-s", "danger-full-access"]),
    deltas: () => longAnswer(made),
  };
}

/**
 * The middle of each ratio over some rounds, each of what was measured within seconds. With four busy loops beside it that moves by 7 %;
 * a ratio of the least costs moves by 16 %, as what takes long has no quiet moment.
 */
async function medians(cases: Record<string, () => Promise<Cost>>): Promise<Record<string, number>> {
  const rounds: Record<string, number>[] = [];
  for (let round = 0; round < TIMES; round++) {
    const costs: Costs = {};
    for (const [name, measure] of Object.entries(cases)) costs[name] = await measure();
    rounds.push(ratiosOf(costs));
  }
  const middle = (name: string) => median(rounds.map((ratios) => ratios[name] ?? Number.NaN));
  return Object.fromEntries(Object.keys(RATIOS).map((name) => [name, middle(name)]));
}

function ratiosOf(costs: Costs): Record<string, number> {
  const of = (name: string): Cost => {
    const { [name]: cost } = costs;
    if (!cost) throw new Error(`nothing was measured as ${name}`);
    return cost;
  };
  return Object.fromEntries(Object.entries(RATIOS).map(([name, ratio]) => [name, ratio(of)]));
}

/** Names of the rows that are beyond what the baseline allows. */
const worseThan = (known: Record<string, number>, now: Record<string, number>): string[] =>
  Object.keys(now).filter((name) => (now[name] ?? 0) > (known[name] ?? Number.POSITIVE_INFINITY) * WORSE);

/** Gives the exit code: 1 where a row is more than a fifth worse than the baseline. */
export async function check(write: boolean): Promise<number> {
  const known: Record<string, number> = write ? {} : JSON.parse(readFileSync(BASELINE, "utf8"));
  const now = await measured(known);
  if (write) {
    const rounded = Object.fromEntries(Object.entries(now).map(([name, value]) => [name, Number(value.toFixed(2))]));
    writeFileSync(BASELINE, `${JSON.stringify(rounded, null, 2)}\n`);
    return 0;
  }
  const worse = worseThan(known, now);
  for (const [name, value] of Object.entries(now)) {
    const before = known[name];
    const verdict = before === undefined ? "new: --write adds it" : worse.includes(name) ? "WORSE" : "ok";
    console.log(
      `  ${name.padEnd(34)} ${value.toFixed(2).padStart(7)}  baseline ${before?.toFixed(2) ?? "none"}  ${verdict}`,
    );
  }
  const missing = Object.keys(known).filter((name) => now[name] === undefined);
  if (missing.length > 0) console.log(`  the baseline has rows that nothing measures: ${missing.join(", ")}`);
  return worse.length > 0 || missing.length > 0 ? 1 : 0;
}
