import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

export const root = join(import.meta.dir, "..", "..");
export const moat = join(root, "dist", "moat");
/** What `bun run bench` starts. */
export const main = join(import.meta.dir, "main.ts");

/** What one process cost. Times in ms, memory in MB. */
export interface Cost {
  wall: number;
  cpu: number;
  rss: number;
}

/** A command that runs: when it was started, by `performance.now`, and what is known at its end. */
export interface Running {
  pid: number;
  start: number;
  ended: Promise<Cost & { code: number }>;
}

const STARTER = join(import.meta.dir, "start.py");

/** Starts a command with nothing to read and nowhere to write, by a small process that tells what the kernel says of it. */
export async function started(argv: string[], cwd: string, env: Record<string, string>): Promise<Running> {
  const starter = Bun.spawn(["python3", "-ISE", STARTER, ...argv], { cwd, env, stdio: ["pipe", "pipe", "inherit"] });
  const lines = jsonLines(starter.stdout);
  await next(lines, argv);
  const start = performance.now();
  starter.stdin.write("\n");
  starter.stdin.end();
  const { pid } = await next(lines, argv);
  const ended = async () => {
    const { wall = 0, cpu = 0, rss = 0, code = 0 } = await next(lines, argv);
    await starter.exited;
    return { wall, cpu, rss: rss / 1e6, code };
  };
  return { pid: pid ?? 0, start, ended: ended() };
}

async function next(lines: AsyncGenerator<Record<string, number>>, argv: string[]): Promise<Record<string, number>> {
  const { value } = await lines.next();
  if (!value) throw new Error(`nothing was said of ${argv.join(" ")}`);
  return value;
}

async function* jsonLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<Record<string, number>> {
  const decoder = new TextDecoder();
  let open = "";
  for await (const chunk of stream) {
    const lines = (open + decoder.decode(chunk, { stream: true })).split("\n");
    open = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line);
  }
}

/** Runs a command to its end and reads its cost from the kernel. `began` gets the time at which it was started, by `performance.now`. */
export async function once(
  command: string[],
  options: { cwd?: string; env?: Record<string, string>; began?: (start: number) => void } = {},
): Promise<Cost> {
  const env = { PATH: process.env.PATH ?? "", HOME: tmpdir(), TERM: "dumb", ...options.env };
  const { start, ended } = await started(command, options.cwd ?? tmpdir(), env);
  options.began?.(start);
  const { code, wall, cpu, rss } = await ended;
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}`);
  return { wall, cpu, rss };
}

/** The middle one; of an even number the mean of both. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
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

/** A directory that goes away with the bench, also where a signal ends that. */
export interface OwnDirectory extends Disposable {
  path: string;
}

/**
 * Homes and projects lie in a directory of their own: each neighbour of a hidden place costs a confined command 2 to 5 µs, and in /tmp
 * there are as many as the machine has leftovers.
 */
export function ownDirectory(): OwnDirectory {
  const path = mkdtempSync(join(existsSync("/var/tmp") ? "/var/tmp" : tmpdir(), "moat-bench-"));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = path;
  // Half a million files are gone four times as fast by rm as by one call each from here.
  const remove = () => void Bun.spawnSync(["rm", "-rf", path]);
  const stop = (signal: NodeJS.Signals) => {
    remove();
    process.exit(128 + constants.signals[signal]);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.once(signal, stop);
  return {
    path,
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, stop);
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
      remove();
    },
  };
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
