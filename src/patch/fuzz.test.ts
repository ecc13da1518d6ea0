import { expect, test } from "bun:test";
import { join } from "node:path";
import { findHeredocPatch, parsePatch, parseUnifiedDiff, planPatch, printPatch } from "./index.ts";
import { treeOf, workspace } from "./testing.ts";

const ROUNDS = process.env.MOAT_TEST_FULL === "1" ? 1_000_000 : 20_000;

/** Pieces that get further into the parsers than random bytes do. */
const PIECES = [
  "*** Begin Patch\n",
  "*** End Patch\n",
  "*** Add File: ",
  "*** Update File: ",
  "*** Delete File: ",
  "*** Move to: ",
  "*** End of File\n",
  "*** Environment ID: ",
  "@@ ",
  "@@\n",
  "@@ -1,3 +1,3 @@\n",
  "@@ -0,0 +1 @@\n",
  "--- a/f.txt\n",
  "+++ b/f.txt\n",
  "--- /dev/null\n",
  "+++ /dev/null\n",
  "diff --git a/f.txt b/f.txt\n",
  "rename from f.txt\n",
  "rename to ",
  "new file mode 100755\n",
  "\\ No newline at end of file\n",
  "<<'EOF'\n",
  "EOF\n",
  "```\n",
  "apply_patch ",
  "f.txt",
  "f.txt\n",
  "dir/new.txt\n",
  "../up\n",
  "/etc/passwd\n",
  " a\n",
  "-a\n",
  "+a\n",
  " b\n",
  "-b\n",
  "+\n",
  "\n",
  "\r\n",
  "\0",
  "\ufeff",
  "\u{1f600}",
  '"\\303\\244"',
  "cd x && ",
];

/** Linear congruential generator (constants of Numerical Recipes): a failing seed can be run again. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function anyText(pick: (below: number) => number): string {
  const parts: string[] = [];
  const framed = pick(2) === 0;
  if (framed) parts.push("*** Begin Patch\n");
  for (let i = pick(30); i >= 0; i--) {
    if (pick(4) > 0) parts.push(PIECES[pick(PIECES.length)] ?? "");
    else
      parts.push(
        Buffer.from(Array.from({ length: pick(40) }, () => pick(256))).toString(pick(2) === 0 ? "utf8" : "latin1"),
      );
  }
  if (framed) parts.push("\n*** End Patch\n");
  return parts.join("");
}

test(`${ROUNDS} random patches: every answer is a value, nothing outside is planned, memory stays`, async () => {
  using space = workspace({ "f.txt": "a\nb\nc\n", "dir/other.txt": "b\n" });
  const before = treeOf(space.root);
  let applied = 0;
  Bun.gc(true);
  const memory = process.memoryUsage().rss;
  for (let seed = 0; seed < ROUNDS; seed++) {
    const text = anyText(generator(seed));
    findHeredocPatch(text);
    for (const parsed of [parsePatch(text), parseUnifiedDiff(text)]) {
      if (!parsed.ok) {
        expect(parsed.error.message).not.toBe("");
        continue;
      }
      printPatch(parsed.value);
      const plan = await planPatch(parsed.value, space.scope);
      if (!plan.ok) continue;
      applied++;
      for (const write of plan.value.writes) expect(write.path.startsWith(join(space.root, "/"))).toBe(true);
    }
  }
  expect(treeOf(space.root)).toEqual(before);
  expect(applied).toBeGreaterThan(0);
  Bun.gc(true);
  expect(process.memoryUsage().rss - memory).toBeLessThan(150e6);
});

// Input that would take hours if any step were more than linear in it; scripts/bench/growth.ts measures how it grows.
test.each([
  ["one long line", `*** Begin Patch\n*** Add File: f\n+${"x".repeat(5_000_000)}\n*** End Patch\n`, "patch"],
  ["many blank lines", `${"\n".repeat(2_000_000)}*** Begin Patch`, null],
  ["many spaces", `${" ".repeat(5_000_000)}\r`, null],
  ["many code fences", "```\n".repeat(500_000), null],
  ["many files", `*** Begin Patch\n${"*** Delete File: f\n".repeat(200_000)}*** End Patch\n`, "patch"],
  ["many hunk headers", `*** Begin Patch\n*** Update File: f\n${"@@ x\n".repeat(300_000)} a\n*** End Patch\n`, "patch"],
  ["many git headers", "diff --git a/f b/f\n".repeat(200_000), "diff"],
  ["a quoted name without an end", `--- "${"\\".repeat(1_000_000)}\n+++ b/x\n`, "diff"],
])("%s: read to its end", (_, text, readable) => {
  expect([parsePatch(text).ok, parseUnifiedDiff(text).ok]).toEqual([readable === "patch", readable === "diff"]);
  expect(findHeredocPatch(text)).toBeNull();
});
