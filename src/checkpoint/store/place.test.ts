import { afterAll, describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCheckpoints } from "../live.ts";
import { picture, SimulatedCommand } from "../simulate.suite.ts";
import { applyUndo, planRedo, planUndo } from "../stored.ts";
import { chooseStore } from "./place.ts";

const MEMORY = "/dev/shm";
const uid = process.getuid?.() ?? null;
const made: string[] = [];
afterAll(() => {
  for (const path of made) fs.rmSync(path, { recursive: true, force: true });
});

function directory(above: string): string {
  const path = fs.mkdtempSync(join(fs.realpathSync(above), "moat-test-"));
  made.push(path);
  return path;
}

/** Two file systems of which one has a directory that is not the top. */
const twoMounts = fs.existsSync(MEMORY) && fs.statSync(MEMORY).dev !== fs.statSync(tmpdir()).dev;

describe("where captures lie", () => {
  test("in MOAT_HOME when that is on the workspace's mount", () => {
    const [root, moatHome] = [directory(tmpdir()), directory(tmpdir())];
    expect(chooseStore({ moatHome, threadId: "t", roots: [root], uid })).toBe(join(moatHome, "undo", "t"));
    expect(chooseStore({ moatHome: join(moatHome, "not/there"), threadId: "t", roots: [root], uid })).toContain(
      "not/there",
    );
  });

  test.skipIf(!twoMounts)("at the top of the workspace's mount when MOAT_HOME is elsewhere, for the user alone", () => {
    const [root, moatHome] = [directory(MEMORY), directory(tmpdir())];
    const store = chooseStore({ moatHome, threadId: "t", roots: [root], uid });
    expect(store).toBe(join(MEMORY, `.moat-undo-${uid}`, "t"));
    const stats = fs.statSync(join(store, ".."));
    expect([stats.mode & 0o777, stats.uid]).toEqual([0o700, uid ?? -1]);
    if (fs.readdirSync(join(store, "..")).length === 0) fs.rmdirSync(join(store, ".."));
  });

  test.skipIf(!twoMounts)("and where no link reaches, copies do: undone and redone", async () => {
    const [root, moatHome] = [directory(MEMORY), directory(tmpdir())];
    for (const name of ["a", "b", "c"]) fs.writeFileSync(join(root, name), `${name}\n`);
    fs.linkSync(join(root, "c"), join(root, "d"));
    const before = picture(root);
    const stored = { threadId: "t", moatHome, now: () => new Date() };
    // The whole mount is the user's to write: nothing of moat's own may lie in it.
    const checkpoints = await openCheckpoints({ ...stored, root, writable: [MEMORY], enabled: true });
    checkpoints.begin("turn");
    const plan = checkpoints.capture("call", "command");
    if (!plan) throw new Error("no capture");
    const command = new SimulatedCommand(plan);
    command.unlink(join(root, "a"));
    command.write(join(root, "b"), "changed\n");
    command.unlink(join(root, "c"));
    command.unlink(join(root, "d"));
    command.end();
    await checkpoints.sealed("call");
    await checkpoints.close();
    await checkpoints.settle();
    const after = picture(root);
    expect(fs.readdirSync(join(plan.directory, "links"))).toEqual([]);
    for (const [plan, expected] of [
      [() => planUndo(stored, { turns: 1 }), before],
      [() => planRedo(stored), after],
      [() => planUndo(stored, { turns: 1 }), before],
    ] as const) {
      const planned = await plan();
      if (!planned.ok) throw new Error(planned.message);
      expect(await applyUndo(stored, planned.value, { force: false })).toMatchObject({
        ok: true,
        value: { failures: [] },
      });
      expect(picture(root)).toEqual(expected);
    }
  });

  test.skipIf(!twoMounts)("never in a directory that somebody else could have made, nor in the workspace", () => {
    const [top, moatHome] = [directory(MEMORY), directory(tmpdir())];
    const root = join(top, "work");
    fs.mkdirSync(root);
    // The name as of another user, at the top: it is open to all.
    const planted = join(top, ".moat-undo-12345");
    fs.mkdirSync(planted, { mode: 0o777 });
    fs.chmodSync(planted, 0o777);
    const home = join(moatHome, "undo", "t");
    expect(chooseStore({ moatHome, threadId: "t", roots: [root, MEMORY], uid: 12345 })).toBe(home);
    expect(chooseStore({ moatHome, threadId: "t", roots: [root], uid: null })).toBe(home);
  });
});
