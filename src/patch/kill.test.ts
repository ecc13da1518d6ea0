import { expect, test } from "bun:test";
import { linkSync } from "node:fs";
import { join } from "node:path";
import { recoverPatches } from "./index.ts";
import { treeOf, workspace } from "./testing.ts";

const ROUNDS = process.env.MOAT_TEST_FULL === "1" ? 200 : 4;
const names = Array.from({ length: 12 }, (_, i) => `f${i}.txt`);

test("a process that is killed while it patches leaves all files old or all new", async () => {
  let interrupted = 0;
  for (let round = 0; round < ROUNDS; round++) {
    using space = workspace(Object.fromEntries(names.map((name) => [name, "a\n"])));
    // One file with two links: it is written in place.
    linkSync(join(space.root, "f3.txt"), join(space.root, "link.txt"));
    const program = Bun.fileURLToPath(import.meta.resolve("./fixtures/apply-forever.ts"));
    const child = Bun.spawn([process.execPath, program, space.root, space.journal], {
      stdout: "pipe",
      stderr: "inherit",
    });
    await child.stdout.getReader().read();
    await Bun.sleep(round % 40);
    child.kill("SIGKILL");
    await child.exited;
    interrupted += (await recoverPatches(space.journal)).length > 0 ? 1 : 0;
    const tree = treeOf(space.root);
    expect(Object.keys(tree)).toEqual([...names, "link.txt"].sort());
    expect(new Set(Object.values(tree)).size).toBe(1);
    expect(treeOf(space.journal)).toEqual({});
  }
  if (ROUNDS > 100) expect(interrupted).toBeGreaterThan(0);
});
