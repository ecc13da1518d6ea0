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

async function runTests(): Promise<{ passed: number; failed: number; skipped: number }> {
  const directory = mkdtempSync(join(tmpdir(), "moat-test-"));
  const report = join(directory, "junit.xml");
  const child = Bun.spawn([process.execPath, "test", "--reporter=junit", `--reporter-outfile=${report}`], {
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
const tests = build.exitCode === 0 ? await runTests() : { passed: 0, failed: 1, skipped: 0 };
const failed = checks.failed + tests.failed;
console.log(`\nall checks: ${((performance.now() - start) / 1000).toFixed(0)} s`);
const skipped = tests.skipped > 0 ? `, ${tests.skipped} skipped` : "";
console.log(`${checks.passed + tests.passed} passed, ${failed} failed${skipped}`);
process.exit(failed > 0 ? 1 : 0);
