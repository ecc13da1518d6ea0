// ./scripts/test projects [--codex] [NAME…]: popular projects, installed and tested outside, by moat in its sandbox, and with --codex by codex in its own.
// Takes gcc, make, go, Python with pytest, and the registry of npm. Ends with 0 when moat comes through each that works outside, with two questions at most.
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Place, type Result, withCodex, withMoat } from "./projects/agents.ts";
import { fetchProject } from "./projects/fetch.ts";
import { PROJECTS, type Project } from "./projects/list.ts";
import { npmPackages } from "./toolchains/install.ts";
import { machineAuthorities } from "./toolchains/world.ts";

const CODEX = ["@openai/codex@0.171.0"];
const MAX_QUESTIONS = 2;

const args = process.argv.slice(2);
const names = args.filter((word) => !word.startsWith("--"));
const projects = PROJECTS.filter(({ name }) => names.length === 0 || names.some((word) => name.startsWith(word)));
const binary = join(import.meta.dir, "..", "dist", "moat");
if (!existsSync(binary)) throw new Error("dist/moat is missing: bun run build");

/** A home and the sources in it, for one run. */
async function inPlace<T>(sources: string, use: (place: Place) => T | Promise<T>): Promise<T> {
  const base = realpathSync(mkdtempSync("/var/tmp/moat-project-"));
  const [home, workspace] = [join(base, "home"), join(base, "home", "src", "project")];
  mkdirSync(join(home, ".codex"), { recursive: true, mode: 0o700 });
  cpSync(sources, workspace, { recursive: true, verbatimSymlinks: true });
  Bun.spawnSync(["git", "init", "-q"], { cwd: workspace });
  try {
    return await use({ home, workspace, env: environment(home) });
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

function environment(home: string): Record<string, string> {
  const path = (process.env.PATH ?? "").split(":").filter((one) => !one.includes("pyenv"));
  return { HOME: home, PATH: path.join(":"), TERM: "dumb", LC_ALL: "C.UTF-8", ...machineAuthorities() };
}

function outside({ steps }: Project, { workspace, env }: Place): Result {
  const outcomes = steps.map((step) => {
    const ran = Bun.spawnSync(["sh", "-c", `exec 2>&1\n${step}`], { cwd: workspace, env, stdin: "ignore" });
    return { exit_code: ran.exitCode, output: ran.stdout.toString() };
  });
  return { outcomes, questions: [] };
}

/** In one cell: passes with what it was asked, or where and why it fails. */
function told({ steps }: Project, { outcomes, questions }: Result): string {
  const asked = questions.length > 0 ? ` (asked: ${questions.join("; ")})` : "";
  const bad = steps.findIndex((_, index) => outcomes[index]?.exit_code !== 0);
  if (bad < 0) return `passes${asked}`;
  const { exit_code = null, output = "" } = outcomes[bad] ?? {};
  const lines = output
    .trim()
    .split("\n")
    .filter((line) => /error|denied|read-only|fail/i.test(line));
  return `fails at \`${steps[bad]?.slice(0, 30)}\` (${exit_code}): ${(lines[0] ?? output.trim().slice(-100)).slice(0, 160)}${asked}`;
}

const passes = ({ steps }: Project, { outcomes }: Result) =>
  steps.every((_, index) => outcomes[index]?.exit_code === 0);

let [passed, failed, skipped] = [0, 0, 0];
const codex = args.includes("--codex") ? join(npmPackages(CODEX), ".bin", "codex") : null;
for (const project of projects) {
  const sources = fetchProject(project);
  const control = await inPlace(sources, (place) => outside(project, place));
  if (!passes(project, control)) {
    skipped++;
    console.log(`${project.name}: not applicable, it fails outside too: ${told(project, control)}`);
    continue;
  }
  const moat = await inPlace(sources, (place) => withMoat(project, place, binary));
  const good = passes(project, moat) && moat.questions.length <= MAX_QUESTIONS;
  good ? passed++ : failed++;
  console.log(`${project.name} (${project.language}): moat ${told(project, moat)}`);
  if (codex === null) continue;
  for (const network of [false, true]) {
    const result = await inPlace(sources, (place) => withCodex(project, place, codex, network));
    console.log(`  codex${network ? " with network_access" : ""} ${told(project, result)}`);
  }
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 ? 1 : 0);
