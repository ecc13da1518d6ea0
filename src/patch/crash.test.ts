import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { commitWith } from "./commit.ts";
import type { PatchPlan } from "./contract.ts";
import { type PatchIo, realIo } from "./io.ts";
import { parsePatch } from "./parse/parse.ts";
import { planPatch } from "./plan.ts";
import { recoverWith } from "./recover.ts";
import { directoriesOf, treeOf, type Workspace, workspace } from "./testing.ts";

const FULL = process.env.MOAT_TEST_FULL === "1";

/** Every kind of write at once: replace, create in new directories, remove, a file with two links, a symlink that goes. */
const MANY = `*** Begin Patch
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

/** One file replaced by one rename: the way of most patches. */
const ONE = "*** Begin Patch\n*** Update File: plain.txt\n@@\n-a\n+A\n*** End Patch\n";

/** One new file in a directory that is there: one name. */
const NEW = "*** Begin Patch\n*** Add File: fresh.txt\n+hello\n*** End Patch\n";

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

async function plan(space: Workspace, text: string): Promise<PatchPlan> {
  const patch = parsePatch(text);
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
    writeNew: (path, content, options) =>
      guard(
        () => realIo.writeNew(path, content, options),
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

/** What must be seen: the state before and after, told by an undisturbed run, and how many changes that takes. */
interface Reference {
  before: object;
  after: object;
  calls: number;
}

async function reference(text: string): Promise<Reference> {
  using space = prepare();
  const before = stateOf(space);
  const io = breaking(0, "crash");
  expect(commitWith(io, await plan(space, text), space.journal).ok).toBe(true);
  return { before, after: stateOf(space), calls: io.calls() };
}

/** Everything that a patch could leave behind: files, directories, which names share an inode, journals. */
function stateOf(space: Workspace): object {
  const inode = (name: string) => statSync(join(space.root, name)).ino;
  return {
    tree: treeOf(space.root),
    directories: directoriesOf(space.root),
    linked: inode("linked.txt") === inode("other-link.txt"),
    journals: existsSync(space.journal) ? readdirSync(space.journal) : [],
  };
}

function expectWhole(space: Workspace, { before, after }: Reference): "old" | "new" {
  const state = stateOf(space);
  const is_new = Bun.deepEquals(state, after);
  if (!is_new) expect(state).toEqual(before);
  return is_new ? "new" : "old";
}

const dead = () => false;

/** Changes that only remove what a finished patch leaves, and the one that makes it count as done. */
const LEFTOVERS = 12;

describe.each([
  ["many files", MANY, 30],
  ["one file", ONE, 4],
  ["one new file", NEW, 4],
])("a patch of %s", (_, text, least) => {
  for (const accident of ["crash", "torn"] as const) {
    test(`${accident} at every change of the file system: the next start leaves the old or the new tree`, async () => {
      const whole = await reference(text);
      expect(whole.calls).toBeGreaterThanOrEqual(least);
      const seen = new Set<string>();
      for (let at = 1; at <= whole.calls; at++) {
        using space = prepare();
        commitWith(breaking(at, accident), await plan(space, text), space.journal);
        recoverWith(realIo, space.journal, dead);
        seen.add(expectWhole(space, whole));
      }
      expect([...seen].sort()).toEqual(["new", "old"]);
    });
  }

  test("also when recovering crashes again", async () => {
    const whole = await reference(text);
    const step = FULL ? 1 : 5;
    for (let at = 2; at <= whole.calls; at += step) {
      for (let again = 1; ; again += step) {
        using space = prepare();
        commitWith(breaking(at, "torn"), await plan(space, text), space.journal);
        const io = breaking(again, "torn");
        recoverWith(io, space.journal, dead);
        recoverWith(realIo, space.journal, dead);
        expectWhole(space, whole);
        if (io.calls() < again) break;
      }
    }
  });

  test("an error at every change of the file system is taken back at once, and said", async () => {
    const whole = await reference(text);
    for (let at = 1; at <= whole.calls; at++) {
      using space = prepare();
      const done = commitWith(breaking(at, "error"), await plan(space, text), space.journal);
      if (done.ok) {
        // Past the commit only leftovers can fail to go; the next start removes them.
        recoverWith(realIo, space.journal, dead);
        expect(expectWhole(space, whole)).toBe("new");
      } else {
        expect(done.error.message).toContain("ENOSPC");
        expect(done.error.message).not.toContain("was changed after");
        expect(expectWhole(space, whole)).toBe("old");
      }
    }
  });
});

test("a new file waits for the disk once, and takes nobody's place", async () => {
  using space = prepare();
  const planned = await plan(space, NEW);
  const waits: string[] = [];
  const io: PatchIo = {
    ...realIo,
    writeNew: (path, content, options) => {
      if (options.durable) waits.push("content");
      realIo.writeNew(path, content, options);
      if (options.durable) space.write("fresh.txt", "mine\n");
    },
    syncDirectory: () => void waits.push("directory"),
  };
  const done = commitWith(io, planned, space.journal);
  expect(done.ok ? "" : done.error.message).toContain("Every file is as it was before.");
  expect([waits, space.read("fresh.txt"), readdirSync(space.journal)]).toEqual([["content"], "mine\n", []]);
});

test("the journal of a running process is left alone", async () => {
  using space = prepare();
  commitWith(breaking(20, "crash"), await plan(space, MANY), space.journal);
  const before = treeOf(space.root);
  expect(recoverWith(realIo, space.journal, () => true)).toEqual([]);
  expect(treeOf(space.root)).toEqual(before);
});

test("what somebody wrote after the crash is kept, and the old content is named", async () => {
  using space = prepare();
  const planned = await plan(space, MANY);
  const { calls } = await reference(MANY);
  // Late enough for every file to be in its place, before the patch counts as done.
  commitWith(breaking(calls - LEFTOVERS, "crash"), planned, space.journal);
  // One takes the other's place, one is written into.
  const old = { "plain.txt": "a\nb\n", "linked.txt": "one\ntwo\nthree\n" };
  for (const name of Object.keys(old)) space.write(name, "mine\n");
  const outcomes = recoverWith(realIo, space.journal, dead);
  for (const [name, content] of Object.entries(old)) {
    expect(space.read(name)).toBe("mine\n");
    const kept = outcomes.find(({ kind, path }) => kind === "kept" && path === join(space.root, name));
    expect(kept?.message).toContain(`${join(space.root, name)} was changed after a patch was interrupted`);
    const backup = /is in (.*)\.$/.exec(kept?.message ?? "")?.[1] ?? "";
    expect(readFileSync(backup, "utf8")).toBe(content);
  }
});

test("a file that somebody put where the patch had made a directory stays, and nothing else is in the way", async () => {
  using space = prepare();
  const { calls } = await reference(MANY);
  commitWith(breaking(calls - LEFTOVERS, "crash"), await plan(space, MANY), space.journal);
  rmSync(join(space.root, "new"), { recursive: true });
  space.write("new", "mine\n");
  expect(recoverWith(realIo, space.journal, dead).filter(({ kind }) => kind === "kept")).toEqual([]);
  expect([space.read("new"), space.read("plain.txt")]).toEqual(["mine\n", "a\nb\n"]);
});
