import { expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { openLab, picture } from "../simulate.suite.ts";
import { listTurns, planUndo } from "../stored.ts";
import { enforceCheckpointQuota, forgetThreads, planPruning, prune } from "./quota.ts";
import { checkpointUsage } from "./usage.ts";

const big = (letter: string) => letter.repeat(50_000);

/** Three turns, each of which removes a file of its own. */
async function threeTurns() {
  const lab = openLab({ "1": big("1"), "2": big("2"), "3": big("3"), "same-a": "same\n", "same-b": "same\n" });
  for (const name of ["1", "2", "3"]) await lab.command((c, r) => c.unlink(join(r, name)));
  return lab;
}

test("the oldest turn goes first; later ones can still be taken back, older ones no longer", async () => {
  using lab = await threeTurns();
  const whole = checkpointUsage(lab.home);
  expect(whole).toMatchObject({ threads: 1, turns: 3 });
  expect(whole.bytes).toBeGreaterThan(150_000);
  const plan = planPruning(lab.home, 60_000, []);
  expect(plan.map(({ turn_id }) => turn_id)).toEqual(["turn-0", "turn-1"]);
  expect(prune(lab.home, plan.slice(0, 1))).toBe(plan[0]?.bytes ?? 0);
  expect(checkpointUsage(lab.home).turns).toBe(2);
  expect(listTurns(lab.stored).map(({ state }) => state)).toEqual(["done", "done", "pruned"]);
  expect(await planUndo(lab.stored, { turns: 3 })).toMatchObject({ ok: false });
  await lab.undo({ turns: 2 });
  expect(fs.readdirSync(lab.root).sort()).toEqual(["2", "3", "same-a", "same-b"]);
});

test("the quota takes no more than it must, and nothing of what is kept", async () => {
  using lab = await threeTurns();
  const { bytes } = checkpointUsage(lab.home);
  expect(enforceCheckpointQuota(lab.home, { quota: bytes, others: 0, keep: [] })).toBe(0);
  expect(enforceCheckpointQuota(lab.home, { quota: bytes, others: 1000, keep: [lab.stored.threadId] })).toBe(0);
  expect(enforceCheckpointQuota(lab.home, { quota: bytes, others: 1000, keep: [] })).toBeGreaterThan(50_000);
  expect(checkpointUsage(lab.home).turns).toBe(2);
  expect(forgetThreads(lab.home, [lab.stored.threadId])).toBeGreaterThan(100_000);
  expect(checkpointUsage(lab.home)).toEqual({ bytes: 0, threads: 0, turns: 0 });
});

test("content is kept once, compressed, and what was not changed after all not at all", async () => {
  using lab = openLab({ "a.txt": big("x"), "b.txt": big("x"), "c.txt": big("y") });
  const before = picture(lab.root);
  await lab.command((c, r) => {
    c.write(join(r, "a.txt"), "changed");
    c.write(join(r, "b.txt"), "changed");
    c.write(join(r, "c.txt"), big("y"));
  });
  const objects = join(lab.home, "undo", lab.stored.threadId, "objects");
  const files = fs.readdirSync(objects, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  expect(files).toHaveLength(1);
  expect(checkpointUsage(lab.home).bytes).toBeLessThan(5_000);
  expect(fs.existsSync(join(lab.home, "undo", lab.stored.threadId, "1/1/pack"))).toBe(false);
  await lab.undo();
  expect(picture(lab.root)).toEqual(before);
});
