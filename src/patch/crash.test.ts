import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { commitWith } from "./commit.ts";
import type { PatchPlan } from "./contract.ts";
import { type PatchIo, realIo } from "./io.ts";
import { parsePatch } from "./parse.ts";
import { planPatch } from "./plan.ts";
import { recoverWith } from "./recover.ts";
import { directoriesOf, treeOf, type Workspace, workspace } from "./testing.ts";

const FULL = process.env.MOAT_TEST_FULL === "1";

/** Every kind of write at once: replace, create in new directories, remove, a file with two links, a symlink that goes. */
const PATCH = `*** Begin Patch
*** Update File: plain.txt
@@
-a
+A much longer line than the one that was here before
*** Add File: new/deep/file.txt
+hello
*** Delete File: gone.txt
*** Update File: linked.txt
@@
-one
+ONE and more
*** Delete File: symlink
*** Add File: symlink
+a file now
*** Update File: old-name.sh
*** Move to: moved/new-name.sh
@@
-echo 1
+echo 2
*** End Patch
`;

function prepare(): Workspace {
  const space = workspace({
    "plain.txt": "a\nb\n",
    "gone.txt": "x\n",
    "linked.txt": "one\ntwo\nthree\n",
    "old-name.sh": "echo 1\n",
  });
  chmodSync(join(space.root, "old-name.sh"), 0o755);
  linkSync(join(space.root, "linked.txt"), join(space.root, "other-link.txt"));
  symlinkSync("plain.txt", join(space.root, "symlink"));
  return space;
}

async function plan(space: Workspace): Promise<PatchPlan> {
  const patch = parsePatch(PATCH);
  if (!patch.ok) throw new Error(patch.error.message);
  const planned = await planPatch(patch.value, space.scope);
  if (!planned.ok) throw new Error(planned.error.message);
  return planned.value;
}

class Crash extends Error {}

/** What happens at one change of the file system. `crash`: nothing works any more. `torn`: the same, half-way through. */
type Accident = "crash" | "torn" | "error";

interface BreakingIo extends PatchIo {
  calls(): number;
}

function breaking(at: number, accident: Accident): BreakingIo {
  let calls = 0;
  let dead = false;
  const guard = (work: () => void, half: () => void) => {
    calls++;
    if (dead) throw new Crash("the process is dead");
    if (calls !== at) return work();
    dead = accident !== "error";
    if (accident === "torn") half();
    throw accident === "error"
      ? Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" })
      : new Crash("crash");
  };
  const nothing = () => {};
  return {
    calls: () => calls,
    mkdir: (path) => guard(() => realIo.mkdir(path), nothing),
    rmdir: (path) => guard(() => realIo.rmdir(path), nothing),
    writeNew: (path, content, mode, owner) =>
      guard(
        () => realIo.writeNew(path, content, mode, owner),
        () => writeFileSync(path, firstHalf(content), { mode: 0o600 }),
      ),
    overwrite: (path, content, mode) =>
      guard(
        () => realIo.overwrite(path, content, mode),
        () => overwriteHalf(path, content),
      ),
    link: (from, to) => guard(() => realIo.link(from, to), nothing),
    rename: (from, to) => guard(() => realIo.rename(from, to), nothing),
    unlink: (path) => guard(() => realIo.unlink(path), nothing),
    syncDirectory: (path) => guard(() => realIo.syncDirectory(path), nothing),
  };
}

function firstHalf(content: readonly Uint8Array[]): Uint8Array {
  const whole = Buffer.concat(content);
  return whole.subarray(0, whole.length >> 1);
}

function overwriteHalf(path: string, content: readonly Uint8Array[]): void {
  const fd = openSync(path, "r+");
  writeSync(fd, firstHalf(content), 0, undefined, 0);
  closeSync(fd);
}

/** The tree before and after, told by an undisturbed run, and how many changes that takes. */
async function reference(): Promise<{ old_tree: object; new_tree: object; calls: number }> {
  using space = prepare();
  const old_tree = treeOf(space.root);
  const io = breaking(0, "crash");
  expect(commitWith(io, await plan(space), space.journal).ok).toBe(true);
  expect(readdirSync(space.journal)).toEqual([]);
  return { old_tree, new_tree: treeOf(space.root), calls: io.calls() };
}

function expectWhole(space: Workspace, old_tree: object, new_tree: object): "old" | "new" {
  const tree = treeOf(space.root);
  const is_new = existsSync(join(space.root, "new"));
  expect(tree).toEqual(is_new ? { ...new_tree } : { ...old_tree });
  expect(directoriesOf(space.root)).toEqual(is_new ? ["moved", "new", "new/deep"] : []);
  expect(statSync(join(space.root, "linked.txt")).ino).toBe(statSync(join(space.root, "other-link.txt")).ino);
  if (existsSync(space.journal)) expect(readdirSync(space.journal)).toEqual([]);
  return is_new ? "new" : "old";
}

const dead = () => false;

describe("a crash at every change of the file system", () => {
  for (const accident of ["crash", "torn"] as const) {
    test(`${accident}: the next start leaves the old or the new tree`, async () => {
      const { old_tree, new_tree, calls } = await reference();
      expect(calls).toBeGreaterThan(30);
      const seen = new Set<string>();
      for (let at = 1; at <= calls; at++) {
        using space = prepare();
        commitWith(breaking(at, accident), await plan(space), space.journal);
        recoverWith(realIo, space.journal, dead);
        seen.add(expectWhole(space, old_tree, new_tree));
      }
      expect([...seen].sort()).toEqual(["new", "old"]);
    });
  }

  test("also when recovering crashes again", async () => {
    const { old_tree, new_tree, calls } = await reference();
    const step = FULL ? 1 : 5;
    for (let at = 2; at <= calls; at += step) {
      for (let again = 1; ; again += step) {
        using space = prepare();
        commitWith(breaking(at, "torn"), await plan(space), space.journal);
        const io = breaking(again, "torn");
        recoverWith(io, space.journal, dead);
        recoverWith(realIo, space.journal, dead);
        expectWhole(space, old_tree, new_tree);
        if (io.calls() < again) break;
      }
    }
  }, 120_000);
});

test("an error at every change of the file system is taken back at once, and said", async () => {
  const { old_tree, new_tree, calls } = await reference();
  for (let at = 1; at <= calls; at++) {
    using space = prepare();
    const done = commitWith(breaking(at, "error"), await plan(space), space.journal);
    if (done.ok) {
      // Past the commit only leftovers can fail to go; the next start removes them.
      recoverWith(realIo, space.journal, dead);
      expect(expectWhole(space, old_tree, new_tree)).toBe("new");
    } else {
      expect(done.error.message).toContain("ENOSPC");
      expect(expectWhole(space, old_tree, new_tree)).toBe("old");
    }
  }
});

test("the journal of a running process is left alone", async () => {
  using space = prepare();
  commitWith(breaking(20, "crash"), await plan(space), space.journal);
  const before = treeOf(space.root);
  expect(recoverWith(realIo, space.journal, () => true)).toEqual([]);
  expect(treeOf(space.root)).toEqual(before);
});
