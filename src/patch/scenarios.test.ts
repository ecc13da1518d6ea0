import { expect, test } from "bun:test";
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { PatchResult, PatchScope } from "./contract.ts";
import { commitPatch, type Patch, parsePatch, parseUnifiedDiff, planPatch } from "./index.ts";
import { treeOf, type Workspace, workspace } from "./testing.ts";

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
  using space = workspace();
  const { root } = space;
  if (existsSync(join(folder, "input"))) cpSync(join(folder, "input"), root, { recursive: true });
  const links: Links = JSON.parse(optional(folder, "links.json") ?? "{}");
  for (const [path, target] of Object.entries(links.input ?? {})) symlinkSync(target, join(root, path));
  const outcome = await applyIn(space, folder);
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
}

async function applyIn(space: Workspace, folder: string): Promise<PatchResult<string[]>> {
  const parsed = read(folder);
  if (!parsed.ok) return parsed;
  const overrides: Partial<PatchScope> = JSON.parse(optional(folder, "scope.json") ?? "{}");
  const scope = { ...space.scope, ...overrides };
  const plan = await planPatch(parsed.value, {
    ...scope,
    protected: scope.protected.map((path) => join(space.root, path)),
  });
  if (!plan.ok) return plan;
  const committed = await commitPatch(plan.value, space.journal);
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
