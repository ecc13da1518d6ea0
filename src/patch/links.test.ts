import { expect, test } from "bun:test";
import { linkSync, readFileSync, statSync } from "node:fs";
import { tempProject } from "../testkit/index.ts";
import { commitPatch, parsePatch, planPatch } from "./index.ts";

async function planned(dir: string, body: string) {
  const parsed = parsePatch(`*** Begin Patch\n${body}\n*** End Patch`);
  if (!parsed.ok) throw new Error(parsed.error.message);
  const plan = await planPatch(parsed.value, {
    cwd: dir,
    roots: [dir],
    protected: [],
    git_closed: true,
    no_overwrite: false,
    strict: false,
  });
  if (!plan.ok) throw new Error(plan.error.message);
  return plan.value;
}

test("a file of several names is changed under all of them, and that is said", async () => {
  using outside = tempProject({ "theirs.txt": "a\n" });
  using p = tempProject({ "single.txt": "a\n" });
  linkSync(outside.path("theirs.txt"), p.path("ours.txt"));
  const plan = await planned(p.dir, "*** Update File: ours.txt\n@@\n-a\n+b\n*** Update File: single.txt\n@@\n-a\n+b");
  expect(plan.changes.map(({ links }) => links)).toEqual([2, undefined]);
  expect(plan.notes).toEqual([expect.stringContaining("ours.txt has 2 names (hard links)")]);
  expect((await commitPatch(plan, p.path("journal"))).ok).toBe(true);
  expect(readFileSync(outside.path("theirs.txt"), "utf8")).toBe("b\n");
  expect(statSync(p.path("ours.txt")).nlink).toBe(2);
});

test("a name that is deleted or moved away leaves the others as they are, and nothing is said", async () => {
  using p = tempProject({ "a.txt": "a\n", "b.txt": "b\n" });
  linkSync(p.path("a.txt"), p.path("a2.txt"));
  linkSync(p.path("b.txt"), p.path("b2.txt"));
  const plan = await planned(p.dir, "*** Delete File: a.txt\n*** Update File: b.txt\n*** Move to: c.txt\n@@\n-b\n+c");
  expect(plan.notes).toEqual([]);
  expect((await commitPatch(plan, p.path("journal"))).ok).toBe(true);
  expect([p.read("a2.txt"), p.read("b2.txt"), p.read("c.txt")]).toEqual(["a\n", "b\n", "c\n"]);
});
