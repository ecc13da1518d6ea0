// Patches that do not go: what is said of them, and what stays out of their reach.
import { expect, test } from "bun:test";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { PatchScope } from "./contract.ts";
import { parsePatch, parseUnifiedDiff, planPatch } from "./index.ts";
import { type Workspace, workspace } from "./testing.ts";

const wrap = (...lines: string[]) => `*** Begin Patch\n${lines.join("\n")}\n*** End Patch\n`;

async function plan(space: Workspace, text: string, scope: Partial<PatchScope> = {}) {
  const parsed = text.startsWith("***") ? parsePatch(text) : parseUnifiedDiff(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return planPatch(parsed.value, { ...space.scope, ...scope });
}
async function planned(space: Workspace, text: string, scope: Partial<PatchScope> = {}) {
  const found = await plan(space, text, scope);
  if (!found.ok) throw new Error(found.error.message);
  const ops = found.value.writes.map(({ op, path }) => `${op} ${path.replace(`${space.root}/`, "")}`);
  return { notes: found.value.notes, ops };
}
async function refused(space: Workspace, text: string, scope: Partial<PatchScope> = {}) {
  const found = await plan(space, text, scope);
  return found.ok ? null : found.error;
}

const update = (path: string) => wrap("", `*** Update File: ${path}`, "@@", "-x", "+y");

test("with the line of the patch, the path as it wrote it, and what may have been meant", async () => {
  using space = workspace({ "src/parser.ts": "x\n" });
  expect(await refused(space, update("src/parsr.ts"))).toEqual({
    message: "Failed to update src/parsr.ts: there is no such file. Did you mean src/parser.ts?",
    path: "src/parsr.ts",
    patch_line: 3,
  });
  expect((await refused(space, wrap("*** Delete File: nothing")))?.message).toBe(
    "Failed to delete nothing: there is no such file.",
  );
  expect(await refused(space, "*** Begin Patch\n*** End Patch\n")).toEqual({
    message: "No files were modified: the patch names none.",
    path: null,
    patch_line: null,
  });
});

test("a file that is there already, where it must be new or overwriting is off", async () => {
  using space = workspace({ a: "x\n", b: "y\n" });
  const add = wrap("*** Add File: a", "+z");
  expect((await refused(space, add, { no_overwrite: true }))?.message).toBe(
    "a exists already and overwriting is off. Update the file, or delete it first.",
  );
  const move = wrap("*** Update File: b", "*** Move to: a");
  expect((await refused(space, move, { no_overwrite: true }))?.message).toContain("a exists already");
  expect((await refused(space, "--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+z\n"))?.message).toBe(
    "a exists already, but the diff creates it.",
  );
  expect(
    (await planned(space, wrap("*** Delete File: a", "*** Add File: a", "+z"), { no_overwrite: true })).notes,
  ).toEqual([]);
});

test("a file that is not what the diff deletes, by its first line that differs", async () => {
  using space = workspace({ f: "a\nb  \n" });
  const deletes = (...lines: string[]) =>
    `--- a/f\n+++ /dev/null\n@@ -1,${lines.length} +0,0 @@\n${lines.map((line) => `-${line}\n`).join("")}`;
  const at = async (...lines: string[]) =>
    /line (\d+) differs/.exec((await refused(space, deletes(...lines)))?.message ?? "")?.[1] ?? null;
  expect(await at("a", "b")).toBeNull();
  expect([await at("x", "b"), await at("a", "x"), await at("a"), await at("a", "b", "c")]).toEqual([
    "1",
    "2",
    "2",
    "3",
  ]);
});

test("what is no file, or would be a directory of another", async () => {
  using space = workspace({ "d/a": "x\n", f: "x\n" });
  expect((await refused(space, update("d")))?.message).toBe("d is a directory; a patch changes files only.");
  for (const path of ["f/x", "f/x/y"])
    expect((await refused(space, update(path)))?.message).toContain("f is not a directory");
  const both = wrap("*** Add File: n", "+x", "*** Add File: n/m", "+y");
  expect((await refused(space, both))?.message).toBe(
    "n/m and n cannot both be files: one would be the directory of the other.",
  );
  const other = wrap("*** Add File: n/m", "+y", "*** Add File: n", "+x");
  expect((await refused(space, other))?.message).toBe(
    "n and n/m cannot both be files: one would be the directory of the other.",
  );
  const freed = wrap("*** Delete File: f", "*** Add File: g", "+x");
  expect((await planned(space, freed)).ops).toEqual(["remove f", "create g"]);
});

test("what lies outside, or is protected, also through links", async () => {
  using space = workspace({ "work/f": "x\n", "out/f": "x\n", "work/.git/config": "x\n" });
  const [work, out] = [join(space.root, "work"), join(space.root, "out")];
  symlinkSync(out, join(work, "link"));
  symlinkSync(join(out, "f"), join(work, "file-link"));
  symlinkSync("nowhere", join(work, "dangling"));
  symlinkSync(".git", join(work, "git"));
  symlinkSync("circle", join(work, "circle"));
  const scope = { cwd: work, roots: [work], protected: [join(work, ".git")] };
  const said = async (path: string) => (await refused(space, update(path), scope))?.message;
  expect(await said("../out/f")).toBe(`../out/f is outside the directories that may be changed: ${work}.`);
  expect(await said(join(out, "f"))).toBe(`${out}/f is outside the directories that may be changed: ${work}.`);
  expect(await said("link/f")).toBe(`link/f (${out}/f) is outside the directories that may be changed: ${work}.`);
  expect(await said("file-link")).toContain(`file-link (${out}/f) is outside`);
  expect(await said("dangling")).toBe("dangling is a symlink that leads nowhere; delete it or patch its target.");
  expect(await said("dangling/x")).toContain("is a symlink that leads nowhere.");
  expect(await said("circle/x")).toBe(`circle/x: ${work}/circle cannot be examined: its links lead in a circle.`);
  expect(await said(".git/config")).toBe(
    `.git/config is protected: nothing in ${work}/.git may be changed by a patch.`,
  );
  expect(await said("git/config")).toContain("is protected");
  expect((await refused(space, update("f"), { ...scope, roots: [] }))?.message).toContain("may be changed: none.");
  expect(await refused(space, update("f"), scope)).toBeNull();
});

test("a file in a directory that is to come is no file yet", async () => {
  using space = workspace();
  mkdirSync(join(space.root, "d"));
  expect((await planned(space, wrap("*** Add File: d/e/f", "+x"))).ops).toEqual(["create d/e/f"]);
});

test("what belongs to git, in any directory, by any name of it and through links: no change, no new file, no move", async () => {
  using space = workspace({ f: "x\n", ".git/config": "x\n", "sub/.git/config": "x\n", ".gitignore": "x\n" });
  symlinkSync("sub/.git", join(space.root, "link"));
  const said = async (text: string) => (await refused(space, text))?.message ?? "";
  const names = [".git/config", "sub/.git/config", ".GIT/config", "./a/../.git/config", "link/config", ".git"];
  for (const name of names) {
    const patches = [
      update(name),
      wrap(`*** Add File: ${name}`, "+x"),
      wrap(`*** Delete File: ${name}`),
      wrap("*** Update File: f", `*** Move to: ${name}`),
      `--- a/${name}\n+++ b/${name}\n@@ -1 +1 @@\n-x\n+y\n`,
      `--- /dev/null\n+++ b/${name}\n@@ -0,0 +1 @@\n+y\n`,
      `diff --git a/f b/${name}\nsimilarity index 100%\nrename from f\nrename to ${name}\n`,
    ];
    for (const patch of patches)
      expect([patch, await said(patch)]).toEqual([patch, expect.stringContaining("belongs to git")]);
  }
  expect(await said(update(".git/config"))).toBe(
    ".git/config belongs to git: what lies in a .git names programs that git runs, so no patch may change it.",
  );
  expect(await refused(space, update(".gitignore"))).toBeNull();
  expect(await refused(space, update(".git/config"), { git_closed: false })).toBeNull();
});

test("half of a surrogate pair in a new file, which would be written as another character", async () => {
  using space = workspace();
  expect((await refused(space, wrap("*** Add File: f", "+a", "+b\ud800")))?.message).toBe(
    "Failed to add f: line 2 holds half of a surrogate pair, which UTF-8 cannot hold. Write the whole character.",
  );
  expect((await planned(space, wrap("*** Add File: f", "+b\u{1f600}"))).ops).toEqual(["create f"]);
});
