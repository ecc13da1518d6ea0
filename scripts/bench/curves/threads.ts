// What many stored threads cost: the list of them, when the index knows them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moat, once } from "../measure.ts";
import { fillThreads } from "../threads.ts";
import type { Curve } from "./curve.ts";

const THREADS = [10, 1000, 10_000];
const RUNS = 7;

async function listed(threads: number, ...flags: string[]): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), "moat-bench-threads-"));
  try {
    fillThreads(home, threads);
    const list = () => once([moat, "threads", "list", ...flags], { env: { MOAT_HOME: home } });
    await list();
    const costs: number[] = [];
    for (let run = 0; run < RUNS; run++) costs.push((await list()).cpu);
    return Math.min(...costs);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** The curve of a home. */
export async function threadCurves(): Promise<Curve[]> {
  const values: number[] = [];
  for (const threads of THREADS) values.push(await listed(threads, "--all"));
  return [{ what: "threads list --all: CPU", unit: "ms", of: "threads", sizes: THREADS, values, shape: "linear" }];
}
