// Real git in the real sandbox: it has to work, and what a command plants in the meantime must not run later.
import { afterAll, describe, expect, test } from "bun:test";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePlace, offeredTiers, policyOf, runConfined } from "../fixture.ts";

const base = makePlace("git");
afterAll(() => rmSync(base, { recursive: true, force: true }));
const path = process.env.PATH ?? "";
const home = join(base, "home");
mkdirSync(home);
writeFileSync(
  join(home, ".gitconfig"),
  '[user]\n\tname = T\n\temail = t@example.com\n[protocol "file"]\n\tallow = always\n',
);

function git(cwd: string, ...args: string[]): string {
  return execFileSync("git", args, { cwd, env: { PATH: path, HOME: home }, encoding: "utf8", stdio: "pipe" });
}

/** A clone with a submodule and a linked worktree, made once and copied for every test. */
const template = join(base, "template");
mkdirSync(join(template, "part"), { recursive: true });
git(join(template, "part"), "init", "-q", "-b", "main", "--template=");
git(join(template, "part"), "commit", "-q", "--allow-empty", "-m", "first");
mkdirSync(join(template, "main"));
git(join(template, "main"), "init", "-q", "-b", "main", "--template=");
mkdirSync(join(template, "main/.git/hooks"));
writeFileSync(join(template, "main", "file"), "one\n");
git(join(template, "main"), "submodule", "add", "-q", "../part", "lib/part");
git(join(template, "main"), "add", "-A");
git(join(template, "main"), "commit", "-q", "-m", "first");

let made = 0;
function repositories() {
  const root = join(base, String(++made));
  cpSync(template, root, { recursive: true });
  const main = join(root, "main");
  git(main, "worktree", "add", "-q", join(root, "linked"));
  return { main, linked: join(root, "linked"), submodule: join(main, "lib/part") };
}

const commits = (cwd: string) => git(cwd, "log", "--oneline").trim().split("\n").length;

for (const [tier, sandbox] of await offeredTiers(join(base, "bin"))) {
  const run = async (workspace: string, script: string, more: { cwd?: string; always_git?: boolean } = {}) => {
    const user = { home, workspace, path, ...more };
    const policy = await policyOf(user, { exclude_slash_tmp: true });
    return runConfined(sandbox, ["/bin/bash", "-c", script], policy, user);
  };

  const { report } = await run(repositories().main, "true");

  describe(`git works (${tier})`, () => {
    for (const kind of ["main", "linked", "submodule"] as const) {
      test(`add and commit in ${kind}`, async () => {
        const all = repositories();
        const cwd = all[kind];
        const workspace = kind === "submodule" ? all.main : cwd;
        writeFileSync(join(cwd, "new"), "x");
        const before = commits(cwd);
        const ended = await run(workspace, "git add -A && git commit -qm 'add new'", { cwd });
        expect(ended).toMatchObject({ exit_code: 0, output: "", denial: null });
        expect(commits(cwd)).toBe(before + 1);
        expect(git(cwd, "status", "--porcelain")).toBe("");
      });
    }

    test("branches, stashes, merges, rebases and tags", async () => {
      const { main } = repositories();
      for (const script of [
        "git switch -qc topic",
        "git commit -q --allow-empty -m topic",
        "git switch -q main && git commit -q --allow-empty -m other",
        "git merge -q --no-edit topic",
        "git tag -a v1 -m v1",
        "git branch -d topic",
        "git checkout -qb second HEAD~1 && git rebase -q main",
        "git reset -q --hard HEAD~1",
        "git rm -q file && git restore --staged file && git restore file",
        "git mv file moved && git commit -qm moved",
        "git stash -q || true",
        "GIT_EDITOR=true git commit -q --amend --no-edit",
      ]) {
        const ended = await run(main, script);
        expect({ script, code: ended.exit_code, output: ended.exit_code === 0 ? "" : ended.output }).toEqual({
          script,
          code: 0,
          output: "",
        });
      }
      expect(git(main, "fsck", "--strict")).toBe("");
    });

    test("a submodule is checked out again, and its repository stays what it was", async () => {
      const { main, submodule } = repositories();
      git(submodule, "commit", "-q", "--allow-empty", "-m", "second");
      expect(git(main, "status", "--short")).toContain("lib/part");
      const ended = await run(main, "git submodule update --init");
      expect({ code: ended.exit_code, findings: ended.findings, output: ended.output }).toMatchObject({
        code: 0,
        findings: [],
      });
      expect(git(main, "status", "--short")).toBe("");
      rmSync(submodule, { recursive: true });
      mkdirSync(submodule);
      const again = await run(main, "git submodule update --init lib/part");
      expect({ code: again.exit_code, findings: again.findings }).toEqual({ code: 0, findings: [] });
      expect(git(submodule, "status", "--short")).toBe("");
    });

    test("a repository that a command makes inside stays, as git init and git clone leave it", async () => {
      const { main } = repositories();
      const script =
        "git init -q made && cd made && git commit -q --allow-empty -m x && cd .. && git clone -q made copy";
      expect((await run(main, script)).exit_code).toBe(0);
      const added = await run(main, "git add made copy && git commit -qm 'two repositories'");
      expect({ code: added.exit_code, findings: added.findings }).toEqual({ code: 0, findings: [] });
      expect(git(join(main, "copy"), "log", "--oneline")).toContain("x");
      // From now on they are submodules, whose settings decide what a later git in the project runs.
      await run(main, "git config -f made/.git/config core.fsmonitor x");
      expect(git(join(main, "made"), "config", "--list")).not.toContain("fsmonitor=x");
    });

    test("an old submodule, whose .git is a directory with settings of the user's own, stays where it is", async () => {
      const { main } = repositories();
      const old = join(main, "old");
      mkdirSync(old);
      git(old, "init", "-q", "-b", "main", "--template=");
      git(old, "commit", "-q", "--allow-empty", "-m", "first");
      git(old, "config", "core.editor", "true");
      git(main, "add", "old");
      const ended = await run(main, "cd old && git commit -q --allow-empty -m inside && cd .. && git add old");
      expect({ code: ended.exit_code, findings: ended.findings }).toEqual({ code: 0, findings: [] });
      expect(git(old, "config", "core.editor")).toBe("true\n");
    });

    test("hooks of the repository run, inside", async () => {
      const { main } = repositories();
      writeFileSync(
        join(main, ".git/hooks/pre-commit"),
        "#!/bin/sh\necho ran >hook-ran\necho x >/var/tmp/moat-hook-escaped\n",
        { mode: 0o755 },
      );
      await run(main, "git commit -q --allow-empty -m x");
      expect(existsSync(join(main, "hook-ran"))).toBe(true);
      expect(existsSync("/var/tmp/moat-hook-escaped")).toBe(false);
    });

    test("nothing of git's own is left in the git directory", async () => {
      const { main } = repositories();
      await run(main, "git commit -q --allow-empty -m x");
      for (const name of ["commondir", "config.worktree", "info/attributes", "index.lock"]) {
        expect(existsSync(join(main, ".git", name))).toBe(false);
      }
    });
  });

  /** What a command that may write the repository tries, so that a later git outside runs `marker`. */
  const plants: { name: string; script: (marker: string) => string }[] = [
    {
      name: "a hook",
      script: (m) => `printf '#!/bin/sh\\ntouch ${m}\\n' >.git/hooks/pre-commit; chmod +x .git/hooks/pre-commit`,
    },
    { name: "core.fsmonitor", script: (m) => `git config core.fsmonitor 'touch ${m} #'` },
    {
      name: "core.hooksPath",
      script: (m) =>
        `mkdir h; printf '#!/bin/sh\\ntouch ${m}\\n' >h/pre-commit; chmod +x h/pre-commit; git config core.hooksPath h`,
    },
    {
      name: "a filter",
      script: (m) => `git config filter.x.clean 'touch ${m}; cat'; echo '* filter=x' >.gitattributes`,
    },
    {
      name: "commondir",
      script: (m) =>
        `mkdir evil; cp -r .git/. evil/; git config -f evil/config core.fsmonitor 'touch ${m} #'; echo ../evil >.git/commondir`,
    },
    {
      name: "a config of the worktree",
      script: (m) =>
        `git config extensions.worktreeConfig true; printf '[core]\\n\\tfsmonitor = touch ${m} #\\n' >.git/config.worktree`,
    },
    {
      name: "another .git in place of this one",
      script: (m) =>
        `cp -r .git copy; git config -f copy/config core.fsmonitor 'touch ${m} #'; mv .git old && mv copy .git`,
    },
    {
      name: "the config of a submodule",
      script: (m) => `git config -f .git/modules/lib/part/config core.fsmonitor 'touch ${m} #'`,
    },
    {
      name: "the commondir of another worktree",
      script: (m) =>
        `cp -r .git evil; git config -f evil/config core.fsmonitor 'touch ${m} #'; echo "$PWD/evil" >.git/worktrees/linked/commondir`,
    },
  ];

  /** What a person does next, outside. */
  function useLater({ main, linked, submodule }: ReturnType<typeof repositories>): void {
    for (const cwd of [main, linked, submodule]) {
      for (const args of [["status"], ["add", "-A"], ["commit", "-qm", "later", "--allow-empty"]]) {
        spawnSync("git", args, { cwd, env: { PATH: path, HOME: home }, stdio: "ignore" });
      }
    }
  }

  describe(`what is planted does not run later (${tier})`, () => {
    for (const { name, script } of plants) {
      test(name, async () => {
        const control = repositories();
        const reached = join(base, `control-${made}`);
        spawnSync("/bin/bash", ["-c", script(reached)], { cwd: control.main, env: { PATH: path, HOME: home } });
        useLater(control);
        expect(existsSync(reached)).toBe(true);

        for (const always_git of [false, true]) {
          const all = repositories();
          const marker = join(base, `marker-${made}`);
          await run(all.main, script(marker), { always_git });
          useLater(all);
          expect(existsSync(marker)).toBe(false);
        }
      });
    }

    // Without the kernel's read-only places it works, and the guard looks at what it did.
    test.skipIf(!report.carve)("a git command outside the profile is refused, and told why", async () => {
      const { main } = repositories();
      const ended = await run(main, 'X=y; git commit -q --allow-empty -m "$X"');
      expect(ended.exit_code).not.toBe(0);
      expect(ended.denial).toMatchObject({ rule: "protected", kind: "write" });
      expect(ended.denial?.explanation).toContain("Plain git commands");
    });
  });
}
