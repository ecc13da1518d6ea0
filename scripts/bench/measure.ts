import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
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

/** Runs a command to its end and reads its cost from the kernel. */
export async function once(
  command: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Cost> {
  const env = { PATH: process.env.PATH ?? "", HOME: tmpdir(), TERM: "dumb", ...options.env };
  const { ended } = await started(command, options.cwd ?? tmpdir(), env);
  const { code, wall, cpu, rss } = await ended;
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}`);
  return { wall, cpu, rss };
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
