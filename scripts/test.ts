// Every check, after scripts/setup: static checks, a build, then all tests. The last line is `N passed, N failed`.
// With the name of a suite in SUITES, that suite alone.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runChecks } from "./check.ts";

const root = join(import.meta.dir, "..");
const args = process.argv.slice(2);
const full = args.includes("--full");

/** What takes too long for every run, by name: scripts that get the arguments behind it. */
const SUITES: Record<string, string> = {
  mutants: "scripts/mutate.ts",
  bare: "scripts/bare.ts",
  toolchains: "scripts/toolchains.ts",
  projects: "scripts/projects.ts",
};

/**
 * What the tests of the sandbox do and see is the whole machine's: a socket that nobody can find, made by one of them, closes the
 * family of sockets to every command that starts meanwhile. So they run alone, one after the other.
 */
const ALONE = "src/sandbox";

/**
 * All other files run in two processes, as many as the smallest machine of CI has cores; the slowest first, so that none is left
 * at the end. Isolation would load every module anew for each file, for nothing: no file leaves anything behind in the process.
 */
const SIDE_BY_SIDE = [
  `--path-ignore-patterns=${ALONE}/**`,
  ...["--parallel=2", "--no-isolate", "--timings=scripts/test-timings.json"],
];

/** Runs the suite of this name and ends with its exit code. */
async function runSuite(name: string, rest: string[]): Promise<never> {
  const script = SUITES[name];
  if (!script) {
    console.error(`test: no suite ${name}; there are ${Object.keys(SUITES).join(", ")}, and --full`);
    process.exit(2);
  }
  const child = Bun.spawn([process.execPath, script, ...rest], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  process.exit(await child.exited);
}

/** Sums of a JUnit report that `bun test` wrote; null when it wrote none (it crashed). */
function readReport(file: string): { tests: number; failures: number; skipped: number } | null {
  const match = readFileSync(file, { encoding: "utf8", flag: "a+" }).match(/<testsuites [^>]*>/);
  if (!match) return null;
  const attribute = (name: string) => Number(match[0].match(new RegExp(` ${name}="(\\d+)"`))?.[1] ?? 0);
  return { tests: attribute("tests"), failures: attribute("failures"), skipped: attribute("skipped") };
}

interface Sums {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs `bun test` with these arguments. */
async function runTests(which: string[]): Promise<Sums> {
  const directory = mkdtempSync(join(tmpdir(), "moat-test-"));
  const report = join(directory, "junit.xml");
  const output = ["--reporter=junit", `--reporter-outfile=${report}`];
  const child = Bun.spawn([process.execPath, "test", ...which, ...output], {
    cwd: root,
    stdout: "inherit",
    stderr: "inherit",
    env: { ...process.env, MOAT_TEST_FULL: full ? "1" : "" },
  });
  const exit = await child.exited;
  const sums = readReport(report);
  rmSync(directory, { recursive: true, force: true });
  if (!sums) return { passed: 0, failed: 1, skipped: 0 };
  // A test file that does not load fails the run without failing a test.
  const failed = exit === 0 ? sums.failures : Math.max(1, sums.failures);
  return { passed: sums.tests - sums.failures - sums.skipped, failed, skipped: sums.skipped };
}

const [suite] = args;
if (suite !== undefined && suite !== "--full") await runSuite(suite, args.slice(1));
const start = performance.now();
const checks = await runChecks();
const build = Bun.spawnSync([process.execPath, "scripts/build.ts"], {
  cwd: root,
  stdout: "inherit",
  stderr: "inherit",
});
const tests: Sums[] = [];
if (build.exitCode !== 0) tests.push({ passed: 0, failed: 1, skipped: 0 });
else for (const which of [SIDE_BY_SIDE, [ALONE]]) tests.push(await runTests(which));
const sum = (name: keyof Sums) => tests.reduce((all, one) => all + one[name], 0);
const failed = checks.failed + sum("failed");
console.log(`\nall checks: ${((performance.now() - start) / 1000).toFixed(0)} s`);
const skipped = sum("skipped") > 0 ? `, ${sum("skipped")} skipped` : "";
console.log(`${checks.passed + sum("passed")} passed, ${failed} failed${skipped}`);
process.exit(failed > 0 ? 1 : 0);
