// bun run bench --check: ratios that hold on a busy machine, beside a committed baseline. `--write` makes the baseline anew.
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bareBinary, type Cost, interleaved, moat, once } from "./measure.ts";
import { ownDirectory, ROUNDS, stage, turn } from "./round.ts";

const BASELINE = join(import.meta.dir, "baseline.json");
const RUNS = 15;
/** How often a row that looks worse is measured again: what another process took away comes back, what the program takes stays. */
const TRIES = 3;
/** Beyond the baseline. */
const WORSE = 1.2;

type Costs = Record<string, Cost>;

/** Each ratio from costs of one run: CPU time beside a bare Bun binary, or beside a shell where a shell is what is started. */
const RATIOS: Record<string, (of: (name: string) => Cost) => number> = {
  "--version: CPU": (of) => of("version").cpu / of("bare").cpu,
  "--help: CPU": (of) => of("help").cpu / of("bare").cpu,
  "doctor: CPU": (of) => of("doctor").cpu / of("bare").cpu,
  "config list: CPU": (of) => of("config").cpu / of("bare").cpu,
  "a plain turn: CPU": (of) => of("plain").cpu / of("bare").cpu,
  // No ratio: load does not change it, and how much of its file a bare program has in memory depends on what ran before.
  "a plain turn: peak RSS in MB": (of) => of("plain").rss,
  "a confined round: CPU": (of) => (of("confined").cpu - of("plain").cpu) / ROUNDS / of("shell").cpu,
  "a confined round, watched: CPU": (of) => (of("watched").cpu - of("plain").cpu) / ROUNDS / of("shell").cpu,
  "an unconfined round: CPU": (of) => (of("unconfined").cpu - of("plain").cpu) / ROUNDS / of("shell").cpu,
};

/** Every row, smallest of all tries. Rows that look worse than `known` are tried again. */
async function measured(known: Record<string, number>): Promise<Record<string, number>> {
  using bare = await bareBinary();
  const dir = ownDirectory();
  try {
    const made = await stage(dir, "moat", moat);
    const env = { MOAT_HOME: made.moat_home, OPENAI_API_KEY: "sk-bench" };
    const here = { cwd: made.project, env };
    const cases = {
      bare: () => once([bare.path]),
      shell: () => once(["bash", "-c", ":"]),
      version: () => once([made.binary, "--version"]),
      help: () => once([made.binary, "--help"]),
      doctor: () => once([made.binary, "doctor"], here),
      config: () => once([made.binary, "config", "list"], here),
      plain: () => turn(made, 0),
      confined: () => turn(made, ROUNDS),
      watched: () => turn(made, ROUNDS, ["-s", "workspace-write"], "./nothing"),
      unconfined: () => turn(made, ROUNDS, ["-s", "danger-full-access"]),
    };
    const least: Record<string, number> = { "binary: size": statSync(moat).size / statSync(bare.path).size };
    for (let tries = 0; tries < TRIES; tries++) {
      const costs = await interleaved(cases, RUNS);
      for (const [name, value] of Object.entries(ratiosOf(costs)))
        least[name] = Math.min(least[name] ?? Number.POSITIVE_INFINITY, value);
      if (worseThan(known, least).length === 0) break;
    }
    return least;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
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
