import { expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandRun, Flags } from "../contract.ts";
import { fakeHost } from "../fixtures/host.ts";
import { run as apply } from "./apply.ts";
import { run as applyPatch } from "./apply-patch.ts";

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

interface Call {
  args?: string[];
  rest?: string[];
  flags?: Flags;
  stdin?: string | Uint8Array;
}

/** A working directory `cwd` with a file f.txt, and a command run in it. */
function project(): { cwd: string; call(run: CommandRun, call: Call): Promise<Outcome>; [Symbol.dispose](): void } {
  const base = mkdtempSync(join(tmpdir(), "moat-apply-"));
  const cwd = join(base, "work");
  mkdirSync(join(cwd, "sub"), { recursive: true });
  writeFileSync(join(cwd, "f.txt"), "a\nb\n");
  writeFileSync(join(cwd, "sub", "f.txt"), "a\nb\n");
  return {
    cwd,
    async call(run, { args = [], rest = [], flags = {}, stdin }) {
      const { host, said } = fakeHost({
        cwd,
        moat_home: join(base, "home"),
        home: base,
        stdin_is_tty: stdin === undefined,
        readStdin: async () => ({ ok: true, bytes: Buffer.from(stdin ?? "") }),
      });
      const code = await run({ args, rest, flags, host });
      return { ...said, code };
    },
    [Symbol.dispose]: () => rmSync(base, { recursive: true, force: true }),
  };
}

const patch = (body: string) => `*** Begin Patch\n${body}*** End Patch\n`;
const UPDATE = patch("*** Update File: f.txt\n@@\n-a\n+A\n");
const DIFF = "--- a/f.txt\n+++ b/f.txt\n@@ -1,2 +1,2 @@\n-a\n+A\n b\n";

test("a patch as argument, on stdin, and through -", async () => {
  for (const call of [{ args: [UPDATE] }, { stdin: UPDATE }, { args: ["-"], stdin: UPDATE }]) {
    using work = project();
    const done = await work.call(applyPatch, call);
    expect(done).toEqual({ code: 0, stdout: "Success. Updated the following files:\nM f.txt\n", stderr: "" });
    expect(readFileSync(join(work.cwd, "f.txt"), "utf8")).toBe("A\nb\n");
  }
});

test("a patch that does not fit: exit 1, the reason on stderr, nothing changed", async () => {
  using work = project();
  const body = "*** Add File: n.txt\n+n\n*** Update File: f.txt\n@@\n-x\n+A\n";
  const done = await work.call(applyPatch, { args: [patch(body)] });
  expect(done.code).toBe(1);
  expect(done.stdout).toBe("");
  expect(done.stderr).toStartWith("Failed to find the expected lines of the hunk (patch line 5) in f.txt.");
  expect(existsSync(join(work.cwd, "n.txt"))).toBe(false);
});

test("a patch that cannot be read: exit 1", async () => {
  using work = project();
  const done = await work.call(applyPatch, { args: ["hello"] });
  expect(done.code).toBe(1);
  expect(done.stderr).toStartWith("Invalid patch: the first line of the patch must be '*** Begin Patch'");
});

test.each([
  ["two arguments", { args: ["a", "b"] }, "Error: apply_patch accepts exactly one argument.\n"],
  ["nothing at all", {}, "Usage: moat apply-patch"],
  ["an empty stdin", { stdin: "" }, "Usage: moat apply-patch"],
  ["bytes that are not UTF-8", { stdin: new Uint8Array([0xff, 0x0a]) }, "moat: the patch is not UTF-8"],
  [
    "a root that is not there",
    { args: [UPDATE], flags: { root: "none" } },
    "moat: --root none: there is no such directory",
  ],
])("%s: exit 2", async (_, call, message) => {
  using work = project();
  const done = await work.call(applyPatch, call);
  expect(done.code).toBe(2);
  expect(done.stderr).toStartWith(message);
});

test("--check changes nothing and says what would happen", async () => {
  using work = project();
  const done = await work.call(applyPatch, { args: [UPDATE], flags: { check: true } });
  expect(done.code).toBe(0);
  expect(done.stdout).toBe("The patch fits. It would update the following files:\nM f.txt\n");
  expect(readFileSync(join(work.cwd, "f.txt"), "utf8")).toBe("a\nb\n");
});

test("--root is where paths start and what they may not leave", async () => {
  using work = project();
  const done = await work.call(applyPatch, { args: [UPDATE], flags: { root: "sub" } });
  expect(done.code).toBe(0);
  expect(readFileSync(join(work.cwd, "sub", "f.txt"), "utf8")).toBe("A\nb\n");
  const outside = await work.call(applyPatch, { args: [UPDATE.replace("f.txt", "../f.txt")], flags: { root: "sub" } });
  expect(outside.code).toBe(1);
  expect(outside.stderr).toContain("is outside the directories that may be changed");
  expect(readFileSync(join(work.cwd, "f.txt"), "utf8")).toBe("a\nb\n");
});

test("--no-overwrite and --strict refuse", async () => {
  using work = project();
  const add = await work.call(applyPatch, {
    args: [patch("*** Add File: f.txt\n+x\n")],
    flags: { "no-overwrite": true },
  });
  expect([add.code, add.stderr]).toEqual([1, expect.stringContaining("exists already")]);
  writeFileSync(join(work.cwd, "f.txt"), "a\na\n");
  const strict = await work.call(applyPatch, { args: [UPDATE], flags: { strict: true } });
  expect([strict.code, strict.stderr]).toEqual([1, expect.stringContaining("also at line 2")]);
  const first = await work.call(applyPatch, { args: [UPDATE] });
  expect([first.code, first.stderr]).toEqual([0, expect.stringContaining("it would also fit at line 2")]);
});

test("--json gives one object, also for a failure", async () => {
  using work = project();
  const done = await work.call(applyPatch, { args: [UPDATE], flags: { json: true } });
  expect(JSON.parse(done.stdout)).toEqual({
    ok: true,
    applied: true,
    summary: ["M f.txt"],
    notes: [],
    changes: [{ path: join(work.cwd, "f.txt"), kind: "update", diff: DIFF }],
  });
  const failed = await work.call(applyPatch, { args: [UPDATE], flags: { json: true } });
  expect(failed.code).toBe(1);
  expect(JSON.parse(failed.stdout)).toMatchObject({
    ok: false,
    applied: false,
    error: { path: "f.txt", patch_line: 3 },
    changes: [{ path: join(work.cwd, "f.txt"), kind: "update" }],
  });
});

test("apply takes a diff from a file or a pipe, and a patch in the other notation", async () => {
  for (const text of [DIFF, UPDATE]) {
    using work = project();
    writeFileSync(join(work.cwd, "change.diff"), text);
    expect((await work.call(apply, { args: ["change.diff"] })).stdout).toContain("M f.txt");
    expect(readFileSync(join(work.cwd, "f.txt"), "utf8")).toBe("A\nb\n");
  }
  using work = project();
  expect((await work.call(apply, { args: ["-"], stdin: DIFF })).code).toBe(0);
  expect(readFileSync(join(work.cwd, "f.txt"), "utf8")).toBe("A\nb\n");
  using piped = project();
  expect((await piped.call(apply, { stdin: DIFF })).code).toBe(0);
  expect(readFileSync(join(piped.cwd, "f.txt"), "utf8")).toBe("A\nb\n");
});

test.each([
  ["no file", {}, "Usage: moat apply FILE"],
  ["an empty stdin", { stdin: "" }, "Usage: moat apply FILE"],
  ["two files", { args: ["a", "b"] }, "Usage: moat apply FILE"],
  ["a file that is not there", { args: ["none.diff"] }, "moat: none.diff cannot be read"],
  ["- at a terminal", { args: ["-"] }, "moat: apply - reads the diff from a pipe or a file"],
])("apply with %s: exit 2", async (_, call, message) => {
  using work = project();
  const done = await work.call(apply, call);
  expect(done.code).toBe(2);
  expect(done.stderr).toStartWith(message);
});

test("apply says what is wrong with a diff: exit 1", async () => {
  using work = project();
  const done = await work.call(apply, { args: ["-"], stdin: "hello\n" });
  expect([done.code, done.stderr]).toEqual([1, expect.stringContaining("This is not a unified diff")]);
});

test("neither command touches what belongs to git, whatever its name is spelled like", async () => {
  for (const name of [".git/config", ".GIT/config", "sub/.git/config"]) {
    using work = project();
    const added = `--- /dev/null\n+++ b/${name}\n@@ -0,0 +1 @@\n+x\n`;
    for (const [command, stdin] of [
      [apply, added],
      [apply, patch(`*** Add File: ${name}\n+x\n`)],
      [applyPatch, patch(`*** Add File: ${name}\n+x\n`)],
    ] as const) {
      const done = await work.call(command, { args: ["-"], stdin });
      expect([done.code, done.stderr]).toEqual([1, expect.stringContaining(`${name} belongs to git`)]);
      expect(existsSync(join(work.cwd, name))).toBe(false);
    }
  }
});
