// Our reading of git's files against git's own.
import { afterAll, describe, expect, test } from "bun:test";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { makePlace } from "../fixture.ts";
import { readLayout } from "./layout.ts";
import { configuredPlaces, gitUser, parseGitConfig } from "./settings.ts";

const base = makePlace("settings");
afterAll(() => rmSync(base, { recursive: true, force: true }));
const env = { PATH: process.env.PATH ?? "", HOME: base, GIT_CONFIG_NOSYSTEM: "1" };

/** What git makes of a file; null when it refuses it. */
function asGit(text: string): string[] | null {
  const file = join(base, "probe");
  writeFileSync(file, text);
  const listed = spawnSync("git", ["config", "--list", "-z", "-f", file], { env });
  if (listed.status !== 0) return null;
  const all = listed.stdout.toString("utf8").split("\0").slice(0, -1);
  // A key without a value is true.
  return all.map((one) => (one.includes("\n") ? one : `${one}\ntrue`));
}

/** Git before 2.45 made a blank of a tab between words, which is what git-config(1) never said. */
const blank = (settings: string[]) => settings.map((one) => one.replaceAll("\t", " "));

const ours = (text: string) => parseGitConfig(text).map(({ name, value }) => `${name}\n${value}`);

describe("parseGitConfig reads what git reads", () => {
  for (const text of [
    '[core]\n\tfsmonitor = "a b" # note\n',
    "[core] fsmonitor=x\n[Core]\nPAGER = y\n",
    '[filter "A b"]\n\tclean = sed -e \\"s/x/y/\\" ; note\n',
    "[include]\npath = a\\\nb\\\n c\n[x]y\n",
    '[a "b\\"c\\\\d"] k = "x\\ny\\tz"\n',
    "\ufeff[core]\r\n\tbare = false\r\n",
    "[Branch.Main]\nremote = o\n",
    "[x]\r\n\tk = a\\\r\n b\r\n",
    "[x]\n\tk = a\\\\\n\tl = b\n",
    "# only\n; notes\n[x]\n  k=  v  w  \n",
    '[x] k = a"  b"  \n',
    "[core]\n\tbare\n",
  ]) {
    test(JSON.stringify(text), () => expect(ours(text)).toEqual(asGit(text) ?? ["refused"]));
  }

  test("and in any mixture of its parts, as far as git takes it", () => {
    const part = fc.constantFrom(
      ...'[core]\n|[a "b"]|key|k|=| |\t|\n|"|\\|#|;|x y|\\n|\\\n|\'|[|]|.|-|v'.split("|").filter(Boolean),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        const text = `[core]\n${parts.join("")}\n`;
        const git = asGit(text);
        if (git !== null) expect(blank(ours(text))).toEqual(blank(git));
      }),
      { numRuns: 150, examples: [[["k", "=", "x y", "\t", "[core]\n"]]] },
    );
  });
});

test("a place with a tab in its name counts as every git reads it", () => {
  const main = join(base, "tabs");
  execFileSync("git", ["init", "-q", main], { env });
  writeFileSync(join(main, ".git/config"), "[core]\n\thooksPath = my\thooks\n[include]\n\tpath = a\tb\n");
  const layout = readLayout(main);
  if (layout === null) throw new Error("no repository");
  expect(configuredPlaces([layout], gitUser(join(base, "nobody"), {}))).toEqual([
    join(main, ".git/a\tb"),
    join(main, ".git/a b"),
    join(main, "my\thooks"),
    join(main, "my hooks"),
  ]);
});

test("from a linked work tree, what the other one's own settings name counts, too", () => {
  const [main, linked] = [join(base, "first"), join(base, "linked")];
  execFileSync("git", ["init", "-q", main], { env });
  const identity = ["-c", "user.name=T", "-c", "user.email=t@example.org"];
  execFileSync("git", [...identity, "commit", "-q", "--allow-empty", "-m", "x"], { cwd: main, env });
  execFileSync("git", ["worktree", "add", "-q", linked], { cwd: main, env });
  writeFileSync(join(main, ".git/config.worktree"), "[include]\n\tpath = one\n");
  writeFileSync(join(main, ".git/worktrees/linked/config.worktree"), "[include]\n\tpath = two\n");
  const layout = readLayout(linked);
  if (layout === null) throw new Error("no repository");
  expect(configuredPlaces([layout], gitUser(join(base, "nobody"), {}))).toEqual([
    join(main, ".git/one"),
    join(main, ".git/worktrees/linked/two"),
  ]);
});

test("places that settings name: included files, hooks directories of every file, programs of the work tree", () => {
  const main = join(base, "main");
  mkdirSync(join(main, "tools"), { recursive: true });
  execFileSync("git", ["init", "-q", main], { env });
  writeFileSync(join(main, "tools/clean.sh"), "cat\n");
  writeFileSync(
    join(base, ".gitconfig"),
    '[core]\n\thooksPath = .githooks\n[includeIf "gitdir:/proc/nowhere/"]\n\tpath = ~/more\n[init]\n\tdefaultBranch = main\n',
  );
  writeFileSync(join(base, "more"), "[core]\n\thooksPath = ~/hooks\n[alias]\n\tx = !tools/clean.sh\n");
  writeFileSync(join(base, "global"), "[core]\n\thooksPath = .globalhooks\n");
  const set = (...args: string[]) => execFileSync("git", ["config", ...args], { cwd: main, env });
  set("include.path", "../conf/one");
  set("filter.x.clean", "sh ./tools/clean.sh %f");
  set("filter.x.smudge", "sed s/a/b/ | python3 later.py");
  set("core.fsmonitor", ".git/monitor");
  const layout = readLayout(main);
  if (layout === null) throw new Error("no repository");
  expect(
    new Set(
      configuredPlaces(
        [layout],
        gitUser(base, { GIT_CONFIG_GLOBAL: join(base, "global"), GIT_CONFIG_SYSTEM: "relative" }),
      ),
    ),
  ).toEqual(
    new Set([
      join(base, "more"),
      join(base, "global"),
      join(main, ".globalhooks"),
      join(main, "conf/one"),
      join(main, ".githooks"),
      join(base, "hooks"),
      join(main, "tools/clean.sh"),
      join(main, "later.py"),
      join(main, ".git/monitor"),
    ]),
  );
});
