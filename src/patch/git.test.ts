import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { commitPatch, parsePatch, parseUnifiedDiff, planPatch } from "./index.ts";
import { type Workspace, workspace } from "./testing.ts";

// git is the judge here: it reads the diffs that we write, and we read those that it writes.
const RUNS = process.env.MOAT_TEST_FULL === "1" ? 500 : 25;
const TIMEOUT = 120_000;

const line = fc.constantFrom("a", "b", "c", "  d", "", "}", "é", "-- ", "-- x", "++ y", "@@ z");
const content = fc
  .tuple(fc.array(fc.tuple(line, fc.constantFrom("\n", "\n", "\r\n")), { maxLength: 30 }), fc.boolean())
  .map(([lines, newline]) => {
    const text = lines.map(([text, ending]) => text + ending).join("");
    return newline ? text : text.replace(/\r?\n$/, "");
  });

function git(cwd: string, args: string[], stdin = ""): string {
  const env = { PATH: process.env.PATH ?? "", HOME: cwd, GIT_CONFIG_NOSYSTEM: "1" };
  const done = Bun.spawnSync(["git", "-c", "core.autocrlf=false", ...args], { cwd, env, stdin: Buffer.from(stdin) });
  if (done.exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${done.stderr}`);
  return done.stdout.toString();
}

async function applyDiff(diff: string, space: Workspace): Promise<void> {
  const parsed = parseUnifiedDiff(diff);
  if (!parsed.ok) throw new Error(`${parsed.error.message}\n${diff}`);
  const plan = await planPatch(parsed.value, space.scope);
  if (!plan.ok) throw new Error(`${plan.error.message}\n${diff}`);
  const done = await commitPatch(plan.value, space.journal);
  if (!done.ok) throw new Error(done.error.message);
}

test(
  "diffs that git writes apply, byte for byte",
  async () => {
    using space = workspace();
    git(space.root, ["init", "-q"]);
    await fc.assert(
      fc.asyncProperty(content, content, async (before, after) => {
        fc.pre(before !== after);
        space.write("f x.txt", before);
        git(space.root, ["add", "-A"]);
        space.write("f x.txt", after);
        const diff = git(space.root, ["diff", "--no-color"]);
        space.write("f x.txt", before);
        await applyDiff(diff, space);
        expect(space.read("f x.txt")).toBe(after);
      }),
      { numRuns: RUNS },
    );
  },
  TIMEOUT,
);

test(
  "git applies the diffs of our changes, byte for byte",
  async () => {
    await fc.assert(
      fc.asyncProperty(content, content, async (before, after) => {
        using space = workspace({ "f x.txt": before, "gone.txt": before });
        const lines = after.split("\n").map((text) => `+${text}\n`);
        const body = `*** Add File: f x.txt\n${lines.join("")}*** Delete File: gone.txt\n*** Add File: new.txt\n+n\n`;
        const patch = parsePatch(`*** Begin Patch\n${body}*** End Patch\n`);
        if (!patch.ok) throw new Error(patch.error.message);
        const plan = await planPatch(patch.value, space.scope);
        if (!plan.ok) throw new Error(plan.error.message);
        await commitPatch(plan.value, space.journal);
        const written = readFileSync(join(space.root, "f x.txt"), "latin1");
        using other = workspace({ "f x.txt": before, "gone.txt": before });
        for (const { diff } of plan.value.changes) {
          // git's own reader needs more than names for an empty file.
          if (diff?.includes("@@")) git(other.root, ["apply", "--whitespace=nowarn", "-"], diff);
        }
        expect(readFileSync(join(other.root, "f x.txt"), "latin1")).toBe(written);
      }),
      { numRuns: RUNS },
    );
  },
  TIMEOUT,
);

test("a commit of many kinds of change, as git shows it, makes the same tree", async () => {
  using space = workspace({
    "keep.txt": "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
    "old name.txt": "some\nlines\nthat\nstay\nthe\nsame\n",
    "gone.txt": "x\n",
    "run.sh": "echo\n",
  });
  git(space.root, ["init", "-q"]);
  git(space.root, ["add", "-A"]);
  writeFileSync(join(space.root, "keep.txt"), "0\n1\n2\n3\n4\n5\n6\n7\n8\nnine");
  git(space.root, ["mv", "old name.txt", "new ü.txt"]);
  writeFileSync(join(space.root, "new ü.txt"), "some\nlines\nthat\nstay\nnearly the\nsame\n");
  git(space.root, ["rm", "-qf", "gone.txt"]);
  space.write("deep/er/new.txt", "n\n");
  space.write("empty.txt", "");
  git(space.root, ["update-index", "--chmod=+x", "run.sh"]);
  git(space.root, ["add", "deep", "empty.txt", "keep.txt", "new ü.txt"]);
  const empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
  const diff = git(space.root, ["diff", "--cached", "-M", empty]);
  using fresh = workspace();
  await applyDiff(diff, fresh);
  git(fresh.root, ["init", "-q"]);
  git(fresh.root, ["add", "-A"]);
  expect(git(fresh.root, ["write-tree"])).toBe(git(space.root, ["write-tree"]));
});
