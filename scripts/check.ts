// The static checks, and the ten largest files. Used alone (`bun run check`) and by scripts/test.ts.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const bin = (name: string) => join(root, "node_modules", ".bin", name);
/** `knip` asks for a Node newer than the one that a fresh machine has, so Bun runs it. */
const checks: { name: string; command: string[] }[] = [
  { name: "format and lint (biome)", command: [bin("biome"), "check", "."] },
  { name: "types (tsc)", command: [bin("tsc"), "--noEmit"] },
  { name: "unused code (knip)", command: [process.execPath, "--bun", bin("knip")] },
];

/** The largest source files with their line counts, largest first. */
function largest(count: number): [string, number][] {
  const files = Bun.spawnSync(["git", "ls-files", "-co", "--exclude-standard", "*.ts", "*.c", "*.h"], { cwd: root });
  return files.stdout
    .toString()
    .split("\n")
    .filter((file) => file && !file.includes("/fixtures/"))
    .map((file): [string, number] => [file, readFileSync(join(root, file), "utf8").split("\n").length - 1])
    .sort((a, b) => b[1] - a[1])
    .slice(0, count);
}

/** Runs every static check; returns how many passed and failed, having printed each with its time. */
export async function runChecks(): Promise<{ passed: number; failed: number }> {
  let failed = 0;
  for (const { name, command } of checks) {
    const start = performance.now();
    const done = Bun.spawnSync(command, { cwd: root, stdout: "pipe", stderr: "pipe" });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${done.exitCode === 0 ? "ok  " : "FAIL"}  ${name}  ${seconds} s`);
    if (done.exitCode !== 0) {
      failed++;
      console.log(`${done.stdout}${done.stderr}`);
    }
  }
  return { passed: checks.length - failed, failed };
}

if (import.meta.main) {
  const { failed } = await runChecks();
  console.log("\nlargest files (lines):");
  for (const [file, lines] of largest(10)) console.log(`${String(lines).padStart(6)}  ${file}`);
  process.exit(failed > 0 ? 1 : 0);
}
