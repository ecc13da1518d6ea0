import { expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { commitWith } from "./commit.ts";
import type { PatchPlan } from "./contract.ts";
import { commitPatch, parsePatch, patchChanges, patchTargets, planPatch, recoverPatches } from "./index.ts";
import { realIo } from "./io.ts";
import { treeOf, type Workspace, workspace } from "./testing.ts";

async function plan(space: Workspace, body: string): Promise<PatchPlan> {
  const patch = parsePatch(`*** Begin Patch\n${body}*** End Patch\n`);
  if (!patch.ok) throw new Error(patch.error.message);
  const planned = await planPatch(patch.value, space.scope);
  if (!planned.ok) throw new Error(planned.error.message);
  return planned.value;
}

const UPDATE = "*** Update File: f.txt\n@@\n-a\n+A\n";

test.each([
  ["written to", (path: string, space: Workspace) => space.write(path, "a\nx\n")],
  [
    "written to with the same size and time",
    (path: string, space: Workspace) => {
      const { atime, mtime } = statSync(join(space.root, path));
      space.write(path, "a\nB\n");
      utimesSync(join(space.root, path), atime, mtime);
    },
  ],
  [
    "replaced by an equal file",
    (path: string, space: Workspace) => {
      space.write("t", "a\nb\n");
      renameSync(join(space.root, "t"), join(space.root, path));
    },
  ],
  ["deleted", (path: string, space: Workspace) => unlinkSync(join(space.root, path))],
  [
    "replaced by a symlink",
    (path: string, space: Workspace) => {
      renameSync(join(space.root, path), join(space.root, "moved"));
      symlinkSync("moved", join(space.root, path));
    },
  ],
  ["made executable", (path: string, space: Workspace) => chmodSync(join(space.root, path), 0o755)],
])("a file that was %s after the plan stops the whole patch", async (_, disturb) => {
  using space = workspace({ "f.txt": "a\nb\n", "g.txt": "a\n" });
  const planned = await plan(space, `*** Update File: g.txt\n@@\n-a\n+A\n${UPDATE}`);
  disturb("f.txt", space);
  const before = treeOf(space.root);
  const done = await commitPatch(planned, space.journal);
  expect(done.ok ? "" : done.error.message).toContain("f.txt changed after the patch was planned");
  expect(treeOf(space.root)).toEqual(before);
});

test("a file that appeared where one is to be created stops the whole patch", async () => {
  using space = workspace({ "f.txt": "a\nb\n" });
  const planned = await plan(space, `${UPDATE}*** Add File: new.txt\n+x\n`);
  space.write("new.txt", "theirs\n");
  expect((await commitPatch(planned, space.journal)).ok).toBe(false);
  expect(treeOf(space.root)).toEqual({ "f.txt": "file a\nb\n", "new.txt": "file theirs\n" });
});

test("a file that appeared where a directory is to be made stops the whole patch", async () => {
  using space = workspace({ "f.txt": "a\nb\n" });
  const planned = await plan(space, `${UPDATE}*** Add File: new/deep/file.txt\n+x\n`);
  space.write("new", "theirs\n");
  const done = await commitPatch(planned, space.journal);
  expect(done.ok ? "" : done.error.message).toContain("new/deep/file.txt changed after the patch was planned");
  expect(treeOf(space.root)).toEqual({ "f.txt": "file a\nb\n", new: "file theirs\n" });
});

test("a directory that became a symlink to the outside stops the whole patch", async () => {
  using space = workspace({ "d/f.txt": "a\n" });
  const planned = await plan(space, "*** Update File: d/f.txt\n@@\n-a\n+A\n");
  renameSync(join(space.root, "d"), join(space.root, "..", "outside"));
  symlinkSync("../outside", join(space.root, "d"));
  expect((await commitPatch(planned, space.journal)).ok).toBe(false);
  expect(treeOf(join(space.root, "..", "outside"))).toEqual({ "f.txt": "file a\n" });
});

test("a file with two links is changed under both names", async () => {
  using space = workspace({ "f.txt": "a\nb\n" });
  linkSync(join(space.root, "f.txt"), join(space.root, "same.txt"));
  const { ino } = statSync(join(space.root, "f.txt"));
  expect((await commitPatch(await plan(space, UPDATE), space.journal)).ok).toBe(true);
  expect(space.read("same.txt")).toBe("A\nb\n");
  expect(statSync(join(space.root, "f.txt")).ino).toBe(ino);
});

test("a symlink stays one and its target changes", async () => {
  using space = workspace({ "d/real.txt": "a\n" });
  symlinkSync("d/real.txt", join(space.root, "f.txt"));
  expect((await commitPatch(await plan(space, UPDATE), space.journal)).ok).toBe(true);
  expect(lstatSync(join(space.root, "f.txt")).isSymbolicLink()).toBe(true);
  expect(space.read("d/real.txt")).toBe("A\n");
});

test("all mode bits stay", async () => {
  using space = workspace({ "f.txt": "a\n" });
  chmodSync(join(space.root, "f.txt"), 0o4751);
  expect((await commitPatch(await plan(space, UPDATE), space.journal)).ok).toBe(true);
  expect(statSync(join(space.root, "f.txt")).mode & 0o7777).toBe(0o4751);
});

test("changes carry diffs, old paths and new ones", async () => {
  using space = workspace({ "f.txt": "a\nb\n", "over.txt": "old\n", "gone.txt": "x\n" });
  const body = `${UPDATE.replace("f.txt", "f.txt\n*** Move to: g.txt")}*** Add File: over.txt\n+new\n*** Delete File: gone.txt\n*** Add File: n.txt\n+n\n`;
  const { changes, summary } = await plan(space, body);
  const at = (name: string) => join(space.root, name);
  expect(changes).toEqual([
    {
      path: at("f.txt"),
      kind: "update",
      move_path: at("g.txt"),
      diff: "--- a/f.txt\n+++ b/g.txt\n@@ -1,2 +1,2 @@\n-a\n+A\n b\n",
    },
    { path: at("over.txt"), kind: "update", diff: "--- a/over.txt\n+++ b/over.txt\n@@ -1 +1 @@\n-old\n+new\n" },
    { path: at("gone.txt"), kind: "delete", diff: "--- a/gone.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n" },
    { path: at("n.txt"), kind: "add", diff: "--- /dev/null\n+++ b/n.txt\n@@ -0,0 +1 @@\n+n\n" },
  ]);
  expect(summary).toEqual(["A over.txt", "A n.txt", "M g.txt", "D gone.txt"]);
});

test("a move onto an existing file is told as an update of it and the end of the other", async () => {
  using space = workspace({ "a.txt": "a\n", "b.txt": "old\n" });
  const { changes, notes } = await plan(space, "*** Update File: a.txt\n*** Move to: b.txt\n@@\n-a\n+A\n");
  expect(
    changes.map(({ path, kind, diff }) => [path.slice(space.root.length + 1), kind, diff?.split("\n").slice(3)]),
  ).toEqual([
    ["a.txt", "delete", ["-a", ""]],
    ["b.txt", "update", ["-old", "+A", ""]],
  ]);
  expect(notes).toEqual(["b.txt existed and is replaced as a whole."]);
});

test("targets and changes are told without looking at the disk", () => {
  const patch = parsePatch(
    "*** Begin Patch\n*** Update File: a\n*** Move to: ../b\n@@\n+x\n*** Delete File: /c\n*** End Patch",
  );
  if (!patch.ok) throw new Error(patch.error.message);
  expect(patchTargets(patch.value, "/none/here")).toEqual(["/none/here/a", "/none/b", "/c"]);
  expect(patchChanges(patch.value, "/none/here")).toEqual([
    { path: "/none/here/a", kind: "update", move_path: "/none/b" },
    { path: "/c", kind: "delete" },
  ]);
});

test("an aborted signal stops the commit before it writes", async () => {
  using space = workspace({ "f.txt": "a\n" });
  const planned = await plan(space, UPDATE);
  await expect(commitPatch(planned, space.journal, AbortSignal.abort("SIGINT"))).rejects.toBe("SIGINT");
  expect(space.read("f.txt")).toBe("a\n");
  expect(existsSync(space.journal)).toBe(false);
});

/** Every kind of write but a removal. */
const SEVERAL = "*** Update File: f.txt\n@@\n-a\n+A\n*** Update File: linked\n@@\n-a\n+A\n*** Add File: new\n+x\n";

function several(): Workspace {
  const space = workspace({ "f.txt": "a\n", linked: "a\n" });
  linkSync(join(space.root, "linked"), join(space.root, "other"));
  return space;
}

test("where there are no hard links, files take their places by their names", async () => {
  using space = several();
  const link = () => {
    throw Object.assign(new Error("EPERM"), { code: "EPERM" });
  };
  expect(commitWith({ ...realIo, link }, await plan(space, SEVERAL), space.journal).ok).toBe(true);
  const tree = { "f.txt": "file A\n", linked: "file A\n", new: "file x\n", other: "file A\n" };
  expect(treeOf(space.root)).toEqual(tree);
});

test("an error says which file it struck", async () => {
  using space = several();
  for (const failures of [1, 2]) {
    let left = failures;
    const overwrite: typeof realIo.overwrite = (...args) => {
      if (left-- > 0) throw new Error("no space");
      realIo.overwrite(...args);
    };
    const done = commitWith({ ...realIo, overwrite }, await plan(space, SEVERAL), `${space.journal}${failures}`);
    // The second time it cannot be undone either.
    const said = failures === 1 ? "Every file is as it was before." : "Undoing it failed too (no space)";
    expect(done).toMatchObject({ ok: false, error: { path: "linked", message: expect.stringContaining(said) } });
  }
});

test("copies of what is written into are for nobody else to read, wherever they lie", async () => {
  using space = several();
  const directory = `${space.journal}.json.d`;
  let modes: number[] = [];
  const overwrite: typeof realIo.overwrite = (...args) => {
    modes = readdirSync(directory).map((name) => statSync(join(directory, name)).mode & 0o7777);
    realIo.overwrite(...args);
  };
  expect(commitWith({ ...realIo, overwrite }, await plan(space, SEVERAL), directory).ok).toBe(true);
  // The journal, the old content and the new one.
  expect(modes).toEqual([0o600, 0o600, 0o600]);
  expect(readdirSync(directory)).toEqual([]);
});

test("recovering costs nothing where there is nothing", async () => {
  using space = workspace();
  expect(await recoverPatches(space.journal)).toEqual([]);
  mkdirSync(space.journal);
  expect(await recoverPatches(space.journal)).toEqual([]);
  expect(readdirSync(space.journal)).toEqual([]);
});

const root_user = process.getuid?.() === 0;

test.skipIf(!root_user)("the owner of a file stays", async () => {
  using space = workspace({ "f.txt": "a\n" });
  chownSync(join(space.root, "f.txt"), 1234, 4321);
  expect((await commitPatch(await plan(space, UPDATE), space.journal)).ok).toBe(true);
  const { uid, gid } = statSync(join(space.root, "f.txt"));
  expect([uid, gid]).toEqual([1234, 4321]);
});

// Permissions do not bind root.
test.skipIf(root_user)("a file in a directory that takes no new files is written in place", async () => {
  using space = workspace({ "d/f.txt": "a\n" });
  chmodSync(join(space.root, "d"), 0o555);
  const done = await commitPatch(await plan(space, "*** Update File: d/f.txt\n@@\n-a\n+A\n"), space.journal);
  chmodSync(join(space.root, "d"), 0o755);
  expect(done.ok).toBe(true);
  expect(space.read("d/f.txt")).toBe("A\n");
});

test("special files are refused without waiting for them", async () => {
  using space = workspace();
  Bun.spawnSync(["mkfifo", join(space.root, "f.txt")]);
  await expect(plan(space, UPDATE)).rejects.toThrow("f.txt is a special file");
  rmSync(join(space.root, "f.txt"));
});

test("a file that is too large to be held can be deleted, nothing else", async () => {
  using space = workspace({ "f.txt": "" });
  truncateSync(join(space.root, "f.txt"), 512 * 1024 * 1024 + 1);
  const reason = "f.txt: a file larger than 512 MiB cannot be patched";
  await expect(plan(space, UPDATE)).rejects.toThrow(reason);
  await expect(plan(space, "*** Add File: f.txt\n+x\n")).rejects.toThrow(reason);
  expect((await commitPatch(await plan(space, "*** Delete File: f.txt\n"), space.journal)).ok).toBe(true);
  expect(treeOf(space.root)).toEqual({});
});
