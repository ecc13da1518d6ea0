import { afterAll, describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
