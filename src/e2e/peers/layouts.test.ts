// The built binary with the same AGENTS.md files: what it would send is what codex sends, but for what the table says of moat.
import { expect, test } from "bun:test";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestWorld, world } from "../harness.ts";
import { instructionsIn, LAYOUTS, type Layout } from "./layouts.ts";

function lay(w: TestWorld, { files, links = {}, no_git }: Layout): void {
  const places = { home: w.moat_home, project: w.project.dir };
  const placed = (name: string) => {
    const [place = "", ...rest] = name.split("/");
    const path = join(places[place as keyof typeof places], ...rest);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(placed(name), Buffer.from(text as string));
  for (const [name, target] of Object.entries(links)) symlinkSync(target, placed(name));
  if (no_git) rmSync(w.project.path(".git"), { recursive: true });
}

for (const layout of LAYOUTS) {
  const { name, cwd = ".", config = "", codex, moat } = layout;
  test(name, async () => {
    await using w = await world([]);
    lay(w, layout);
    w.config(config);
    const directory = w.project.path(cwd);
    mkdirSync(directory, { recursive: true });
    const { stdout, stderr } = await w.moat(["debug", "prompt-input", "--json", "go"], { cwd: directory });
    const { request } = JSON.parse(stdout || `{"problem": ${JSON.stringify(stderr)}}`);
    expect(instructionsIn(request.input, directory)).toBe(moat === undefined ? codex : moat.text);
  });
}
