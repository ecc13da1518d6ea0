// What the tests do while nothing is changed: how long each file takes, and which lines it reaches.
import { existsSync, readFileSync, rmSync } from "node:fs";
import type { Ended, Limits, Tree } from "./tree.ts";

/** A test file of a target. */
export interface TestFile {
  file: string;
  limits: Limits;
  wall_ms: number;
  /** Lines that it never runs, of each source file that it loads. */
  missed: Map<string, Set<number>>;
}

/** Room for the run without a limit: a test file that takes longer than this hangs. */
const UNLIMITED: Limits = { wall_ms: 600_000, cpu_s: 600 };
const COVERAGE = ["--coverage", "--coverage-reporter=lcov"];

/** Runs a test file on the unchanged tree; throws when it fails, as nothing can be told from its failures then. */
export async function baseline(tree: Tree, file: string): Promise<TestFile> {
  const directory = tree.path("coverage");
  const ended = await tree.test(file, UNLIMITED, [...COVERAGE, `--coverage-dir=${directory}`]);
  if (ended.exit !== "passed") throw new Error(`mutate: ${file} fails on the unchanged tree:\n${ended.output}`);
  const report = `${directory}/lcov.info`;
  const missed = existsSync(report) ? missedLines(readFileSync(report, "utf8")) : new Map<string, Set<number>>();
  rmSync(directory, { recursive: true, force: true });
  return { file, limits: limitsFor(ended), wall_ms: ended.wall_ms, missed };
}

/**
 * Ten times what was needed, and time to start: a limit is there for mutants that never end, not to tell fast from slow
 * on a machine that is busy with other things.
 */
function limitsFor({ wall_ms, cpu_ms }: Ended): Limits {
  return { wall_ms: 10 * wall_ms + 10_000, cpu_s: Math.ceil((10 * cpu_ms) / 1000) + 5 };
}

/** The lines of an lcov report that hold code and never ran. */
function missedLines(report: string): Map<string, Set<number>> {
  const files = new Map<string, Set<number>>();
  let lines = new Set<number>();
  for (const row of report.split("\n")) {
    const [, file] = row.match(/^SF:(.*)$/) ?? [];
    if (file) {
      lines = new Set();
      files.set(file, lines);
    }
    const [, line, count] = row.match(/^DA:(\d+),(\d+)/) ?? [];
    if (line && count === "0") lines.add(Number(line));
  }
  return files;
}
