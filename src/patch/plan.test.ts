// What a patch comes to: the changes that people see, word by word, and what would be written.
import { describe, expect, test } from "bun:test";
import { chmodSync, linkSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { PatchPlan, PatchScope } from "./contract.ts";
import { parsePatch, parseUnifiedDiff, planPatch } from "./index.ts";
import { type Workspace, workspace } from "./testing.ts";

const wrap = (...lines: string[]) => `*** Begin Patch\n${lines.join("\n")}\n*** End Patch\n`;

async function plan(space: Workspace, text: string, scope: Partial<PatchScope> = {}) {
  const parsed = text.startsWith("***") ? parsePatch(text) : parseUnifiedDiff(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return planPatch(parsed.value, { ...space.scope, ...scope });
}
async function planned(space: Workspace, text: string, scope: Partial<PatchScope> = {}): Promise<PatchPlan> {
  const found = await plan(space, text, scope);
  if (!found.ok) throw new Error(found.error.message);
  return found.value;
}
/** Changes with their paths from the root. */
const changes = ({ changes: all }: PatchPlan, { root }: Workspace) =>
  all.map(({ path, move_path, ...rest }) => ({
    path: path.replace(`${root}/`, ""),
    ...(move_path === undefined ? {} : { move_path: move_path.replace(`${root}/`, "") }),
    ...rest,
  }));
const ops = ({ writes }: PatchPlan, { root }: Workspace) =>
  writes.map(({ op, path }) => `${op} ${path.replace(`${root}/`, "")}`);

describe("each kind of change", () => {
  test("new, changed, gone: with its diff, in words, and written in an order that frees names", async () => {
    using space = workspace({ "b.txt": "one\ntwo\n", "c.txt": "x\n" });
    const done = await planned(
      space,
      wrap("*** Add File: a.txt", "+hello", "*** Update File: b.txt", "@@", "-two", "+TWO", "*** Delete File: c.txt"),
    );
    expect(changes(done, space)).toEqual([
      { path: "a.txt", kind: "add", diff: "--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1 @@\n+hello\n" },
      { path: "b.txt", kind: "update", diff: "--- a/b.txt\n+++ b/b.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+TWO\n" },
      { path: "c.txt", kind: "delete", diff: "--- a/c.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n" },
    ]);
    expect(done.summary).toEqual(["A a.txt", "M b.txt", "D c.txt"]);
    expect(ops(done, space)).toEqual(["remove c.txt", "create a.txt", "replace b.txt"]);
    expect(done.notes).toEqual([]);
  });

  test("a move, with and without a change, is one change under the old path", async () => {
    using space = workspace({ "a.txt": "one\n", "b.txt": "two\n" });
    const done = await planned(
      space,
      wrap(
        "*** Update File: a.txt",
        "*** Move to: d/a.txt",
        "@@",
        "-one",
        "+ONE",
        "*** Update File: b.txt",
        "*** Move to: d/b.txt",
      ),
    );
    expect(changes(done, space)).toEqual([
      {
        path: "a.txt",
        move_path: "d/a.txt",
        kind: "update",
        diff: "--- a/a.txt\n+++ b/d/a.txt\n@@ -1 +1 @@\n-one\n+ONE\n",
      },
      { path: "b.txt", move_path: "d/b.txt", kind: "update", diff: "rename from b.txt\nrename to d/b.txt\n" },
    ]);
    expect(done.summary).toEqual(["M d/a.txt", "M d/b.txt"]);
    expect(ops(done, space)).toEqual(["remove a.txt", "remove b.txt", "create d/a.txt", "create d/b.txt"]);
  });

  test("a file that moves onto another is told as two changes", async () => {
    using space = workspace({ "a.txt": "one\n", "b.txt": "two\n" });
    const done = await planned(space, wrap("*** Update File: a.txt", "*** Move to: b.txt"));
    expect(changes(done, space).map(({ path, kind }) => `${kind} ${path}`)).toEqual(["delete a.txt", "update b.txt"]);
    expect(done.notes).toEqual(["b.txt existed and is replaced as a whole."]);
  });

  test("what is moved twice comes from where it was", async () => {
    using space = workspace({ "a.txt": "one\n" });
    const done = await planned(
      space,
      wrap(
        "*** Update File: a.txt",
        "*** Move to: b.txt",
        "*** Update File: b.txt",
        "*** Move to: c.txt",
        "@@",
        "-one",
        "+ONE",
      ),
    );
    expect(changes(done, space)).toMatchObject([{ path: "a.txt", move_path: "c.txt", kind: "update" }]);
    expect(ops(done, space)).toEqual(["remove a.txt", "create c.txt"]);
  });

  test("a file outside the directory is shown by its whole path", async () => {
    using space = workspace({ "sub/a.txt": "", "b.txt": "x\n" });
    const cwd = join(space.root, "sub");
    const done = await planned(space, wrap("*** Update File: ../b.txt", "@@", "-x", "+y"), { cwd });
    const path = join(space.root, "b.txt");
    expect(done.changes).toEqual([{ path, kind: "update", diff: `--- ${path}\n+++ ${path}\n@@ -1 +1 @@\n-x\n+y\n` }]);
    expect(done.summary).toEqual(["M ../b.txt"]);
  });
});

describe("what stays as it is", () => {
  test("is no change, and that is said", async () => {
    using space = workspace({ "a.txt": "one\n" });
    for (const text of [
      wrap("*** Update File: a.txt", "@@", " one"),
      wrap("*** Add File: a.txt", "+one"),
      wrap("*** Delete File: a.txt", "*** Add File: a.txt", "+one"),
      wrap("*** Add File: n", "+x", "*** Delete File: n"),
    ]) {
      const done = await planned(space, text);
      expect([done.changes, done.writes]).toEqual([[], []]);
      expect(done.notes.at(-1)).toBe("The files hold this content already: nothing changes.");
    }
  });

  test("a replaced file with the same content but another mode is one", async () => {
    using space = workspace({ "a.txt": "one\n" });
    const done = await planned(space, "diff --git a/a.txt b/a.txt\nold mode 100644\nnew mode 100755\n");
    expect(changes(done, space)).toEqual([
      { path: "a.txt", kind: "update", diff: "old mode 100644\nnew mode 100755\n" },
    ]);
    expect(ops(done, space)).toEqual(["replace a.txt"]);
  });
});

describe("modes", () => {
  const mode = async (before: number, header: string) => {
    using space = workspace({ f: "x\n" });
    chmodSync(join(space.root, "f"), before);
    const { writes } = await planned(space, `diff --git a/f b/f\n${header}\n`);
    const [write] = writes;
    return write && "mode" in write ? write.mode : null;
  };
  const EXECUTABLE = "old mode 100644\nnew mode 100755";
  const PLAIN = "old mode 100755\nnew mode 100644";

  test("execution is given to those who may read, and taken from all", async () => {
    expect([await mode(0o644, EXECUTABLE), await mode(0o640, EXECUTABLE), await mode(0o600, EXECUTABLE)]).toEqual([
      0o755, 0o750, 0o700,
    ]);
    expect([await mode(0o755, PLAIN), await mode(0o711, PLAIN)]).toEqual([0o644, 0o600]);
    expect(await mode(0o755, EXECUTABLE)).toBeNull();
  });

  test("a file keeps its own when it is replaced, or deleted and written again", async () => {
    using space = workspace({ f: "x\n" });
    chmodSync(join(space.root, "f"), 0o640);
    for (const text of [wrap("*** Add File: f", "+y"), wrap("*** Delete File: f", "*** Add File: f", "+y")]) {
      const { writes, changes: all } = await planned(space, text);
      expect(writes).toMatchObject([{ op: "replace", mode: 0o640 }]);
      expect(all[0]?.diff).toBe("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-x\n+y\n");
    }
  });

  test("a new file has what the process gives it", async () => {
    using space = workspace();
    const plain = await planned(space, wrap("*** Add File: f", "+y"));
    const program = await planned(
      space,
      "diff --git a/f b/f\nnew file mode 100755\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+y\n",
    );
    const umask = process.umask();
    expect(plain.writes).toMatchObject([{ mode: 0o666 & ~umask }]);
    expect(program.writes).toMatchObject([{ mode: (0o666 & ~umask) | ((0o444 & ~umask) >> 2) }]);
  });

  test("a moved file keeps its own, and its diff says nothing of it", async () => {
    using space = workspace({ "a.sh": "x\n" });
    chmodSync(join(space.root, "a.sh"), 0o750);
    const { writes, changes: all } = await planned(space, wrap("*** Update File: a.sh", "*** Move to: b.sh"));
    expect(writes[1]).toMatchObject({ op: "create", mode: 0o750 });
    expect(all[0]?.diff).toBe("rename from a.sh\nrename to b.sh\n");
  });
});

describe("what no diff can show", () => {
  test("is named: a NUL byte in the first 8,000, as git has it", async () => {
    const binary = "Binary files a/f and b/f differ\n";
    const diffOf = async (content: string, patch: string) => {
      using space = workspace({ f: content });
      return (await planned(space, patch)).changes[0]?.diff;
    };
    const edit = wrap("*** Update File: f", "@@", "-a", "+b");
    expect(await diffOf("a\n\0\n", edit)).toBe(binary);
    expect(await diffOf(`a\n${"x".repeat(7997)}\0\n`, edit)).toBe(binary);
    expect(await diffOf(`a\n${"x".repeat(7998)}\0\n`, edit)).toStartWith("--- a/f\n");
    expect(await diffOf("\0\n", wrap("*** Add File: f", "+b"))).toBe(binary);
    expect(await diffOf("\0\n", wrap("*** Delete File: f"))).toBe("Binary files a/f and /dev/null differ\n");
  });

  test("the same lines in another encoding", async () => {
    using space = workspace({ f: Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("a\n", "utf16le")]) });
    const { changes: all } = await planned(space, wrap("*** Add File: f", "+a"));
    // The mark of UTF-16 is no part of its text.
    expect(all[0]?.diff).toBe("Binary files a/f and b/f differ\n");
  });

  test("a symlink is the line that it holds", async () => {
    using space = workspace({ f: "x\n" });
    symlinkSync("f", join(space.root, "l"));
    const gone = await planned(space, wrap("*** Delete File: l"));
    expect(changes(gone, space)).toEqual([
      { path: "l", kind: "delete", diff: "--- a/l\n+++ /dev/null\n@@ -1 +0,0 @@\n-f\n\\ No newline at end of file\n" },
    ]);
    const replaced = await planned(space, wrap("*** Delete File: l", "*** Add File: l", "+new"));
    expect(changes(replaced, space)).toMatchObject([
      { path: "l", kind: "update", diff: expect.stringContaining("-f\n") },
    ]);
    expect(ops(replaced, space)).toEqual(["remove l", "create l"]);
  });
});

describe("written in place is", () => {
  test("a file with other links, and no other", async () => {
    using space = workspace({ a: "x\n", b: "x\n" });
    linkSync(join(space.root, "a"), join(space.root, "c"));
    const { writes } = await planned(
      space,
      wrap("*** Update File: a", "@@", "-x", "+y", "*** Update File: b", "@@", "-x", "+y"),
    );
    expect(writes.map((write) => "in_place" in write && write.in_place)).toEqual([true, false]);
  });
});
