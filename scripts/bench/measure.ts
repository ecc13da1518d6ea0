import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const root = join(import.meta.dir, "..", "..");
export const moat = join(root, "dist", "moat");

/** What one process cost. Times in ms, memory in MB. */
export interface Cost {
  wall: number;
  cpu: number;
  rss: number;
}

/** Runs a command to its end and reads its cost from the kernel. */
export async function once(
  command: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Cost> {
  const start = performance.now();
  const child = Bun.spawn(command, {
    cwd: options.cwd ?? tmpdir(),
    env: { PATH: process.env.PATH ?? "", HOME: tmpdir(), TERM: "dumb", ...options.env },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  await child.exited;
  const wall = performance.now() - start;
  const usage = child.resourceUsage();
  if (child.exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${child.exitCode}`);
  return { wall, cpu: Number(usage?.cpuTime.total ?? 0) / 1000, rss: (usage?.maxRSS ?? 0) / 1e6 };
}

/** Smallest of each figure over `runs` interleaved runs: what is left when the machine's noise is taken away. */
export async function interleaved(
  cases: Record<string, () => Promise<Cost>>,
  runs: number,
): Promise<Record<string, Cost>> {
  const best: Record<string, Cost> = {};
  for (let round = 0; round < runs; round++) {
    for (const [name, measure] of Object.entries(cases)) {
      const cost = await measure();
      const old = best[name] ?? cost;
      best[name] = {
        wall: Math.min(old.wall, cost.wall),
        cpu: Math.min(old.cpu, cost.cpu),
        rss: Math.min(old.rss, cost.rss),
      };
    }
  }
  return best;
}

/** A compiled program that prints one line: the floor of everything that Bun can start. */
export function bareBinary(): Promise<Binary> {
  return compiled('console.log("x");\n');
}

/** A program that is compiled for the bench, and goes away with it. */
export interface Binary {
  path: string;
  [Symbol.dispose](): void;
}

/** Compiles a program as moat is compiled (`flags` beside what every binary has). */
export async function compiled(program: string, ...flags: string[]): Promise<Binary> {
  const dir = mkdtempSync(join(tmpdir(), "moat-bench-"));
  const source = join(dir, "bare.ts");
  await Bun.write(source, program);
  const path = join(dir, "bare");
  const command = [process.execPath, "build", source, "--compile", "--minify", ...flags, `--outfile=${path}`];
  const built = Bun.spawnSync(command, { cwd: dir });
  if (built.exitCode !== 0) throw new Error(built.stderr.toString());
  return { path, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}

/** One row: what was measured, its value, the target and whether it is met. */
export function row(what: string, value: number, target: number, unit: string): void {
  const verdict = value <= target ? "ok" : "MISSED";
  console.log(
    `  ${what.padEnd(52)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(3)} target ≤ ${target} ${unit}  ${verdict}`,
  );
}
