import { expect, test } from "bun:test";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PatchResult, PatchScope } from "./contract.ts";
import { commitPatch, type Patch, parsePatch, parseUnifiedDiff, planPatch } from "./index.ts";

// One folder a scenario: `input/` (absent: empty), `patch.txt` or `patch.diff`, and either `expected/` (absent: empty) or
// `error.txt`, whose every line must be part of the message; the tree must then be the input. `notes.txt`: lines that the
// notes must hold. `scope.json`: fields of the scope. `links.json`: symlinks of both trees, which are not kept as symlinks
// because the test runner would search for tests behind them. Trees are compared whole: names, kinds, executable bits, bytes, links.
const SCENARIOS = join(import.meta.dir, "fixtures", "scenarios");

for (const name of readdirSync(SCENARIOS).sort()) test(name, () => runScenario(join(SCENARIOS, name)));

test("there are enough scenarios", () => {
  expect(readdirSync(SCENARIOS).length).toBeGreaterThanOrEqual(80);
});

interface Links {
  input?: Record<string, string>;
  expected?: Record<string, string>;
}

async function runScenario(folder: string): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), "patch-scenario-"));
  try {
    const root = join(work, "tree");
    if (existsSync(join(folder, "input")))
      cpSync(join(folder, "input"), root, { recursive: true, verbatimSymlinks: true });
    else mkdirSync(root);
    const links: Links = JSON.parse(optional(folder, "links.json") ?? "{}");
    for (const [path, target] of Object.entries(links.input ?? {})) symlinkSync(target, join(root, path));
    const outcome = await applyIn(root, folder, join(work, "journal"));
    const error = optional(folder, "error.txt");
    const expected = error === null ? "expected" : "input";
    if (error !== null) {
      expect(outcome.ok).toBe(false);
      for (const line of lines(error)) expect(outcome.ok ? "" : outcome.error.message).toContain(line);
    } else if (!outcome.ok) throw new Error(outcome.error.message);
    const expected_links = Object.entries(links[expected] ?? {}).map(([path, target]) => [path, `link to ${target}`]);
    expect(treeOf(root)).toEqual({ ...treeOf(join(folder, expected)), ...Object.fromEntries(expected_links) });
    const notes = outcome.ok ? outcome.value : [];
    for (const line of lines(optional(folder, "notes.txt") ?? "")) expect(notes.join("\n")).toContain(line);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function applyIn(root: string, folder: string, journal: string): Promise<PatchResult<string[]>> {
  const parsed = read(folder);
  if (!parsed.ok) return parsed;
  const overrides: Partial<PatchScope> = JSON.parse(optional(folder, "scope.json") ?? "{}");
  const scope = { cwd: root, roots: [root], protected: [], no_overwrite: false, strict: false, ...overrides };
  const plan = await planPatch(parsed.value, { ...scope, protected: scope.protected.map((path) => join(root, path)) });
  if (!plan.ok) return plan;
  const committed = await commitPatch(plan.value, journal);
  return committed.ok ? { ok: true, value: plan.value.notes } : committed;
}

function read(folder: string): PatchResult<Patch> {
  const diff = optional(folder, "patch.diff");
  return diff === null ? parsePatch(readFileSync(join(folder, "patch.txt"), "utf8")) : parseUnifiedDiff(diff);
}

function optional(folder: string, name: string): string | null {
  return existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : null;
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** What is below a directory, as comparable lines. Empty directories count only where git could not have kept them anyway. */
function treeOf(root: string, prefix = ""): Record<string, string> {
  const tree: Record<string, string> = {};
  if (!existsSync(root)) return tree;
  for (const name of readdirSync(root).sort()) {
    const path = join(root, name);
    const stats = lstatSync(path);
    const shown = `${prefix}${name}`;
    if (stats.isSymbolicLink()) tree[shown] = `link to ${readlinkSync(path)}`;
    else if (stats.isDirectory()) Object.assign(tree, treeOf(path, `${shown}/`));
    else tree[shown] = `${(stats.mode & 0o111) === 0 ? "file" : "executable"} ${readFileSync(path).toString("latin1")}`;
  }
  return tree;
}
