// bun run bench --load N: whether what the table says holds on a busy machine. Measured twice, quiet and beside N busy loops.
import { rmSync } from "node:fs";
import { row } from "../measure.ts";
import { ownDirectory } from "../round.ts";
import { compare, type Extent, type Table } from "./compare.ts";

/** The two that are nearest: what takes seconds would need an hour for as many runs. */
const SHORT: Extent = {
  peers: ["codex", "codex020"],
  runs: 7,
  seconds: 12,
  cases: ["turn", "tool round", "deltas", "output", "--help"],
};
/** By how much a ratio may differ. */
const WITHIN = 0.15;
/** Wall time beside busy loops is theirs; so is a memory that depends on which page came when. CPU time is the agent's. */
const COMPARED = / CPU /;

/** Gives the exit code: 1 where a ratio of CPU times does not hold. */
export async function compareLoaded(loops: number): Promise<number> {
  const directory = ownDirectory();
  try {
    const quiet = await compare(SHORT, directory);
    const busy = Array.from({ length: loops }, () => Bun.spawn(["sh", "-c", "while :; do :; done"]));
    try {
      return report(quiet.rows, (await compare(SHORT, directory)).rows, loops);
    } finally {
      for (const loop of busy) loop.kill("SIGKILL");
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function report(quiet: Table, loaded: Table, loops: number): number {
  let missed = 0;
  console.log(`  ratios of the least CPU time, quiet and beside ${loops} busy loops; target: within ${WITHIN * 100} %`);
  for (const name of Object.keys(quiet).filter((each) => COMPARED.test(each))) {
    for (const peer of Object.keys(quiet[name] ?? {}).filter((each) => each !== "moat")) {
      const [before, after] = [quiet, loaded].map((table) => ratio(table[name], peer));
      if (before === undefined || after === undefined) continue;
      const change = Math.abs(after / before - 1);
      if (!(change <= WITHIN)) missed++;
      row(`${name}, beside ${peer}: ${before.toFixed(3)} → ${after.toFixed(3)}`, change * 100, WITHIN * 100, "%");
    }
  }
  return missed > 0 ? 1 : 0;
}

const ratio = (values: Table[string] | undefined, peer: string): number =>
  (values?.moat?.least ?? Number.NaN) / (values?.[peer]?.least ?? Number.NaN);
