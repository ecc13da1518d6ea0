import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitPatch, parsePatch, planPatch } from "../../src/patch/index.ts";

const LINES = 1_000_000;
const HUNKS = 1000;
const ROUNDS = 5;

/** A file of 50 MB and a patch of 1,000 hunks, beside copying the file the way a careful program does (with fsync). */
export async function run(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "moat-bench-patch-"));
  try {
    const path = join(dir, "big.txt");
    const line = (i: number) => `line ${String(i).padStart(8, "0")} ${"x".repeat(35)}\n`;
    writeFileSync(path, Array.from({ length: LINES }, (_, i) => line(i)).join(""));
    const exact = patchOf(line, (text) => text);
    const loose = patchOf(line, (text) => ` ${text}`);
    const copy = smallest(() => copyFile(path, join(dir, "copy.txt")));
    console.log(`  copy of 50 MB with fsync: ${copy.toFixed(0)} ms`);
    for (const [name, text] of [
      ["1,000 hunks, exact", exact],
      ["1,000 hunks, other indentation", loose],
    ] as const) {
      const before = readFileSync(path);
      let best = Number.POSITIVE_INFINITY;
      for (let round = 0; round < ROUNDS; round++) {
        writeFileSync(path, before);
        const start = performance.now();
        await apply(dir, text);
        best = Math.min(best, performance.now() - start);
      }
      writeFileSync(path, before);
      console.log(`  ${name}: ${best.toFixed(0)} ms, ${(best / copy).toFixed(1)} × the copy`);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function patchOf(line: (i: number) => string, spell: (text: string) => string): string {
  const hunks: string[] = [];
  for (let i = 0; i < HUNKS; i++) {
    const at = Math.floor((i * LINES) / HUNKS) + 3;
    const old = (offset: number) => spell(line(at + offset));
    hunks.push(`@@\n ${old(0)}-${old(1)}+replaced ${i}\n ${old(2)}`);
  }
  return `*** Begin Patch\n*** Update File: big.txt\n${hunks.join("")}*** End Patch\n`;
}

async function apply(dir: string, text: string): Promise<void> {
  const patch = parsePatch(text);
  if (!patch.ok) throw new Error(patch.error.message);
  const scope = { cwd: dir, roots: [dir], protected: [], git_closed: true, no_overwrite: false, strict: false };
  const plan = await planPatch(patch.value, scope);
  if (!plan.ok) throw new Error(plan.error.message);
  const done = await commitPatch(plan.value, join(dir, "journal"));
  if (!done.ok) throw new Error(done.error.message);
}

function copyFile(from: string, to: string): void {
  const fd = openSync(to, "w");
  writeSync(fd, readFileSync(from));
  fsyncSync(fd);
  closeSync(fd);
}

function smallest(work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}
