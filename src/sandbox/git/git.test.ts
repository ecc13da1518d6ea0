import { afterAll, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { SandboxPolicy } from "../contract.ts";
import { forCommand, type GitSurroundings, gitEnvironment, gitProfile, withGit } from "./git.ts";
import { KnownRepositories } from "./known.ts";
import { plainCommands, splitScript } from "./plain-commands.ts";
import { gitUser } from "./settings.ts";

const base = realpathSync(mkdtempSync(join(tmpdir(), "moat-git-")));
afterAll(() => rmSync(base, { recursive: true, force: true }));

function git(cwd: string, ...args: string[]): void {
  const identity = ["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "protocol.file.allow=always"];
  execFileSync("git", [...identity, ...args], { cwd, stdio: "ignore", env: { PATH: process.env.PATH, HOME: base } });
}

function repository(name: string): string {
  const path = join(base, name);
  mkdirSync(path, { recursive: true });
  git(path, "init", "-q");
  git(path, "commit", "-q", "--allow-empty", "-m", "first");
  return path;
}

const main = repository("main");
git(main, "worktree", "add", "-q", join(base, "linked"));
git(main, "worktree", "add", "-q", join(base, "other"));
git(main, "submodule", "add", "-q", repository("part"), "lib/part");

function policyFor(workspace: string): SandboxPolicy {
  return {
    mode: "workspace-write",
    writable: [workspace],
    protected: [join(workspace, ".claude"), join(workspace, ".git")],
    hidden: [],
    net: "none",
    stand_ins: [],
    own: [],
    unix: "masked",
    require: [],
  };
}

describe("splitScript", () => {
  const plain: [string, string[][]][] = [
    ["git status", [["git", "status"]]],
    [
      "git add -A && git commit -m 'a b'",
      [
        ["git", "add", "-A"],
        ["git", "commit", "-m", "a b"],
      ],
    ],
    ['git commit -m "it\'s \\"x\\""', [["git", "commit", "-m", 'it\'s "x"']]],
    [
      "git add a;git add b\ngit add c",
      [
        ["git", "add", "a"],
        ["git", "add", "b"],
        ["git", "add", "c"],
      ],
    ],
    [
      "git log 2>&1 | head -5",
      [
        ["git", "log"],
        ["head", "-5"],
      ],
    ],
    ["git add a 2>/dev/null || true", [["git", "add", "a"], ["true"]]],
    ["git add a\\ b c\\\n d", [["git", "add", "a b", "c", "d"]]],
    ["git commit -m \"$(cat <<'EOF'\nfix $HOME\n\nmore\nEOF\n)\"", [["git", "commit", "-m", "fix $HOME\n\nmore"]]],
    ["git add a,b c..d", [["git", "add", "a,b", "c..d"]]],
    ["git add {a.'x'.b}", [["git", "add", "{a.x.b}"]]],
    ["git add '' *.ts", [["git", "add", "", "*.ts"]]],
  ];
  for (const [script, commands] of plain) {
    test(JSON.stringify(script), () => expect(splitScript(script)).toEqual(commands));
  }

  const notPlain = [
    "git commit -m $(date)",
    'git commit -m "$X"',
    "git commit -m `date`",
    'git commit -m "`date`"',
    "git log > file",
    "git add a &",
    "(git add a)",
    "git commit -F <(echo x)",
    "git commit -m 'open",
    'git commit -m "open',
    "git add a # note",
    'git commit -m "$(cat <<EOF\n$(date)\nEOF\n)"',
    "git log >/dev/nullx",
    "git add a\r\ngit add b",
    "git add a\u00a0b",
  ];
  for (const script of notPlain) test(JSON.stringify(script), () => expect(splitScript(script)).toBeNull());

  test("ends for every text, and never reads an active character as a word", () => {
    const text = fc.string({ unit: fc.constantFrom(..."git ad\"'\\$`()<>&|;#\n\r\t2\u00a0") });
    fc.assert(
      fc.property(text, (script) => {
        const words = splitScript(script)?.flat() ?? [];
        if (!/["'\\]/.test(script)) expect(words.filter((word) => /[$`()<>&|;\n]/.test(word))).toEqual([]);
      }),
    );
  });

  test("an argv is a command, or a shell with a script", () => {
    expect(plainCommands(["/bin/bash", "-lc", "git add a"])).toEqual([["git", "add", "a"]]);
    expect(plainCommands(["git", "commit", "-m", "$x"])).toEqual([["git", "commit", "-m", "$x"]]);
    expect(plainCommands(["bash", "script.sh"])).toBeNull();
    expect(plainCommands(["/tmp/bash", "-c", "git add a"])).toEqual([["/tmp/bash", "-c", "git add a"]]);
  });
});

/** A thread that began in `cwd` and may write everything of this test. */
function surroundings(cwd: string): GitSurroundings {
  const known = new KnownRepositories();
  known.learn(cwd);
  return {
    cwd,
    open: (directory) => known.openable(directory, [base]),
    submodules: (directory) => known.submodules(directory, [base]),
    isForeign: () => false,
  };
}

describe("gitProfile", () => {
  const shell = (script: string, cwd = main) => gitProfile(["bash", "-lc", script], surroundings(cwd));

  for (const script of [
    "git add .",
    "git add -A && git commit -m x",
    "git -c user.name=x commit -m x",
    "/usr/bin/git stash",
    "GIT_EDITOR=true git rebase --continue",
    "git commit -qm x 2>&1 | tail -5",
    "git status && git commit -am x; git log -1",
    "cd lib && git add part",
    `git -C ${main} add .`,
    "GIT_SEQUENCE_EDITOR=\"sed -i 's/^pick/squash/'\" git rebase -i HEAD~1",
    "GIT_SEQUENCE_EDITOR='sed -i -e 2s/pick/f/' git rebase -i HEAD~1",
    "GIT_EDITOR=: git commit --amend",
    "git -c core.editor=true -c user.email=a@b rebase --continue",
    "git -c commit.gpgsign=false -c core.fsmonitor=false commit -qm x",
    "git merge -s ours --no-edit x",
    "git merge -Xours x && git merge --strategy-option=theirs y",
    "git rebase --onto main --strategy=ort x",
    "git commit -m 'a {b,c} *' && git add * && git stash show stash@{0}",
    "git checkout -- * && git log -- *.ts",
    "GIT_TERMINAL_PROMPT=0 GIT_PAGER=cat LC_ALL=C git commit -m x",
  ]) {
    test(`opens the repository for: ${script}`, () => {
      expect(shell(script)?.repositories.map(({ git_dir }) => git_dir)).toEqual([join(main, ".git")]);
    });
  }

  for (const script of [
    "git status",
    "git log && make",
    "git add . && npm test",
    "npm test",
    "git config user.name x",
    "git worktree add ../x",
    "git submodule add ../x",
    "git submodule foreach make",
    "git --git-dir=/x commit",
    "GIT_DIR=/x git commit",
    "git rebase -x 'make' main",
    "git bisect run ./test.sh",
    "git -c core.editor=./ed commit",
    "git -c sequence.editor=./ed rebase -i x",
    "git -c core.fsmonitor=./x add .",
    "git -c core.hooksPath=h commit -m x",
    "git -c alias.x=!sh commit",
    "git -c filter.x.clean=./x add .",
    "git -c Core.SSHCommand=./x fetch",
    "git -c include.path=x commit -m x",
    "git --exec-path=x commit -m x",
    "git --config-env=core.editor=HOME commit",
    "GIT_EDITOR=./ed git commit",
    "GIT_EDITOR='touch x;:' git commit",
    "EDITOR='sh -c x' git commit",
    "GIT_SEQUENCE_EDITOR='sed -i s/a/b/e' git rebase -i x",
    "GIT_SEQUENCE_EDITOR='sed -i -e s/a/b/ -e 1e' git rebase -i x",
    "GIT_SEQUENCE_EDITOR='sed -i \"1,$s/a/w x/\"' git rebase -i x",
    "GIT_SSH_COMMAND=./x git fetch",
    "GIT_ASKPASS=./x git fetch",
    "GIT_PAGER=./x git add .",
    "GIT_EXTERNAL_DIFF=./x git add . && git diff",
    "git rebase -ix ./x main",
    "git rebase --ex ./x main",
    "git rebase --exe=./x main",
    "git fetch --upload-pack=./x y",
    "git fetch --upload-p ./x y",
    "git push --receive-pack=./x y",
    "git add . && git grep -O./x y",
    "git add . && git grep --open-files=./x y",
    "git add . && git log --output=.git/index",
    "git merge -s evil x",
    "git merge -qsevil x",
    "git merge --strategy evil x",
    "git rebase --strat=evil x",
    "git rebase {--exec=./x,main}",
    "git rebase *",
    "git add . && git grep *",
    "git add . && printf -v 'a[$(./x)]' y",
    "./git commit",
    "git unknown-alias",
    "echo hello",
    "head -1 x",
  ]) {
    test(`does not for: ${script}`, () => expect(shell(script)).toBeNull());
  }

  test("git that commands could have put on the PATH opens nothing", () => {
    const known = new KnownRepositories();
    const own = join(main, "bin");
    mkdirSync(own);
    for (const name of ["git", "cat"]) writeFileSync(join(own, name), "#!/bin/sh\n", { mode: 0o755 });
    const opened = (script: string, PATH: string) => {
      known.learn(main);
      const { writable } = forCommand(["/bin/bash", "-c", script], main, policyFor(main), { PATH }, known).policy;
      return writable.length > 1;
    };
    const system = process.env.PATH ?? "";
    expect(opened("git add .", system)).toBe(true);
    expect(opened("git add .", `${own}:${system}`)).toBe(false);
    expect(opened("git add .", `bin:${system}`)).toBe(false);
    expect(opened("git add .", `${system}:${own}`)).toBe(true);
    expect(opened("/usr/bin/git add . | cat", `${own}:${system}`)).toBe(false);
    rmSync(own, { recursive: true });
  });

  test("git submodule update opens the submodules that are there, and nothing else", () => {
    const opened = (script: string) => shell(script)?.repositories.map(({ git_dir }) => git_dir) ?? [];
    expect(opened("git submodule update --init --recursive")).toEqual([join(main, ".git/modules/lib/part")]);
    expect(opened("git submodule update lib/part")).toEqual([join(main, ".git/modules/lib/part")]);
    for (const script of ["git submodule update --remote", "git submodule update --rebase", "git submodule init"])
      expect([script, opened(script)]).toEqual([script, []]);
  });

  test("a repository in a writable directory opens, also a new one; behind a link, or with another .git, none does", () => {
    const known = new KnownRepositories();
    const place = join(base, "place");
    mkdirSync(place);
    known.learn(place);
    const opens = (directory: string) => known.openable(directory, [place])?.git_dir ?? null;
    const fresh = join(place, "fresh");
    mkdirSync(fresh);
    git(fresh, "init", "-q");
    expect(opens(fresh)).toBe(join(fresh, ".git"));
    mkdirSync(join(place, "linked"));
    symlinkSync(join(main, ".git"), join(place, "linked/.git"));
    expect(opens(join(place, "linked"))).toBeNull();
    mkdirSync(join(place, "inner"));
    symlinkSync(join(fresh, ".git"), join(place, "inner/.git"));
    expect(opens(join(place, "inner"))).toBeNull();
    symlinkSync(main, join(place, "work"));
    expect(opens(join(place, "work"))).toBeNull();
    expect(known.openable(main, [place])).toBeNull();
  });

  test("a .git file that points at a repository which does not know it opens nothing", () => {
    const [victim, trap] = [repository("victim"), join(base, "trap")];
    mkdirSync(trap);
    writeFileSync(join(trap, ".git"), `gitdir: ${join(victim, ".git")}\n`);
    expect(shell("git add .", trap)).toBeNull();
    mkdirSync(join(trap, "meta"));
    for (const [name, text] of [
      ["HEAD", "ref: x"],
      ["commondir", join(victim, ".git")],
      ["gitdir", join(trap, ".git")],
    ]) {
      writeFileSync(join(trap, "meta", name ?? ""), text ?? "");
    }
    writeFileSync(join(trap, ".git"), "gitdir: meta\n");
    expect(shell("git add .", trap)).toBeNull();
  });

  test("a commondir in a clone is not git's own doing", () => {
    const odd = repository("odd");
    writeFileSync(join(odd, ".git", "commondir"), join(main, ".git"));
    expect(shell("git add .", odd)).toBeNull();
  });
});

describe("withGit", () => {
  function open(cwd: string, workspace = cwd): SandboxPolicy {
    const profile = gitProfile(["git", "commit"], surroundings(cwd));
    if (!profile) throw new Error("no profile");
    return withGit(policyFor(workspace), profile, gitUser(base, {}));
  }

  test("a clone: everything but what decides what git runs", () => {
    const { writable, protected: places } = open(main);
    const dot_git = join(main, ".git");
    expect(writable).toEqual([main, dot_git]);
    expect(places).not.toContain(dot_git);
    for (const name of [
      "hooks",
      "config",
      "config.worktree",
      "commondir",
      "modules",
      "info/attributes",
      "worktrees/linked",
    ]) {
      expect(places).toContain(join(dot_git, name));
    }
    expect(places).toContain(join(main, ".claude"));
  });

  test("a linked worktree: its .git file and the other worktrees stay closed", () => {
    const linked = join(base, "linked");
    const { writable, protected: places } = open(linked);
    expect(writable).toEqual([linked, join(main, ".git")]);
    expect(places).toContain(join(linked, ".git"));
    expect(places).toContain(join(main, ".git/worktrees/other"));
    expect(places).not.toContain(join(main, ".git/worktrees/linked"));
    for (const name of ["commondir", "gitdir", "config.worktree"]) {
      expect(places).toContain(join(main, ".git/worktrees/linked", name));
    }
  });

  test("a submodule: its own directory only, inside the closed one of the repository above", () => {
    const { writable, protected: places } = open(join(main, "lib/part"), main);
    expect(writable).toEqual([main, join(main, ".git/modules/lib/part")]);
    expect(places).toContain(join(main, ".git"));
    expect(places).toContain(join(main, ".git/modules/lib/part/hooks"));
  });

  test("a repository elsewhere stays closed, the one around the workspace opens", () => {
    const elsewhere = repository("elsewhere");
    expect(open(elsewhere, main)).toEqual(policyFor(main));
    mkdirSync(join(main, "packages"), { recursive: true });
    const inner = join(main, "packages");
    expect(open(inner).writable).toEqual([inner, join(main, ".git")]);
  });

  test("read-only stays read-only", () => {
    const profile = gitProfile(["git", "commit"], surroundings(main));
    const policy: SandboxPolicy = { ...policyFor(main), mode: "read-only", writable: [] };
    expect(profile && withGit(policy, profile, gitUser(base, {}))).toBe(policy);
  });
});

test("git's settings are added to those that are in the environment", () => {
  expect(gitEnvironment({})).toMatchObject({ GIT_CONFIG_COUNT: "4", GIT_CONFIG_KEY_0: "gc.auto" });
  expect(gitEnvironment({ GIT_CONFIG_COUNT: "2" })).toMatchObject({
    GIT_CONFIG_COUNT: "6",
    GIT_CONFIG_KEY_2: "gc.auto",
  });
  expect(gitEnvironment({ GIT_CONFIG_COUNT: "x" }).GIT_CONFIG_COUNT).toBe("4");
});
