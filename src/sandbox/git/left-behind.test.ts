// What a command leaves behind for a later git outside, each first without the sandbox: the trap is real, a plain git falls into it.
import { afterAll, describe, expect, test } from "bun:test";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeBase, offeredTiers, policyOf, runConfined } from "../fixture.ts";
import { KnownRepositories } from "./known.ts";

const base = makeBase("left");
afterAll(() => rmSync(base, { recursive: true, force: true }));
const path = process.env.PATH ?? "";
const home = join(base, "home");
mkdirSync(home);
writeFileSync(
  join(home, ".gitconfig"),
  '[user]\n\tname = T\n\temail = t@example.com\n[protocol "file"]\n\tallow = always\n[advice]\n\taddEmbeddedRepo = false\n',
);
const env = { PATH: path, HOME: home };

function git(cwd: string, ...args: string[]): string {
  return execFileSync("git", args, { cwd, env, encoding: "utf8", stdio: "pipe" });
}

/** Three commits, a hooks directory, and an old-style submodule whose `.git` is a directory. */
const template = join(base, "template");
mkdirSync(join(template, "main/lib"), { recursive: true });
git(join(template, "main"), "init", "-q", "-b", "main", "--template=");
git(join(template, "main/lib"), "init", "-q", "-b", "main", "--template=");
git(join(template, "main/lib"), "commit", "-q", "--allow-empty", "-m", "first");
mkdirSync(join(template, "main/.git/hooks"));
for (const name of ["one", "two", "three"]) {
  writeFileSync(join(template, "main", name), `${name}\n`);
  git(join(template, "main"), "add", "-A");
  git(join(template, "main"), "commit", "-q", "-m", name);
}
mkdirSync(join(template, "other"));
git(join(template, "other"), "init", "-q", "-b", "main", "--template=");
git(join(template, "other"), "commit", "-q", "--allow-empty", "-m", "first");

let made = 0;
function world() {
  const root = join(base, String(++made));
  cpSync(template, root, { recursive: true });
  // What `git init` leaves at any later time would do as well: the trap decides.
  return { main: join(root, "main"), other: join(root, "other"), marker: join(base, `marker-${made}`) };
}
type World = ReturnType<typeof world>;

const canary = (marker: string) => `touch ${marker}; false #`;

interface Trap {
  name: string;
  /** Before the thread begins, by the user. */
  before?: (w: World) => void;
  /** What commands do, one after the other. */
  commands: (w: World) => string[];
  /** What the user does later, outside. */
  later: (w: World) => string[][];
  /** Where; the repository itself when left out. */
  at?: (w: World) => string;
}

/** A script of the workspace that a hook of the user calls: so any code runs while the repository is open. */
const withHook = ({ main }: World) => {
  writeFileSync(join(main, ".git/hooks/pre-commit"), "#!/bin/sh\n[ ! -f check.sh ] || sh ./check.sh\n", {
    mode: 0o755,
  });
};
const inHook = (script: string) => [`cat >check.sh <<'EOF'\n${script}\nEOF`, "git commit -q --allow-empty -m x"];

const TRAPS: Trap[] = [
  {
    name: "a new repository inside becomes a submodule of the index",
    commands: ({ marker }) => [
      `mkdir sub && cd sub && git init -q && git commit -q --allow-empty -m x && git config core.fsmonitor '${canary(marker)}'`,
      "git add sub",
    ],
    later: () => [["status"]],
  },
  {
    name: "a submodule that is only named, whose repository comes later",
    commands: ({ marker }) => [
      `git update-index --add --cacheinfo 160000,$(printf %040d 1),sub`.replace("$(printf %040d 1)", "1".repeat(40)),
      `mkdir -p sub && cd sub && git init -q && git commit -q --allow-empty -m x && git config core.fsmonitor '${canary(marker)}'`,
    ],
    later: () => [["status"]],
  },
  {
    name: "a new repository inside that gets its program once it is a submodule",
    commands: ({ marker }) => [
      "mkdir sub && cd sub && git init -q && git commit -q --allow-empty -m x",
      "git add sub",
      `cd sub && git config core.fsmonitor '${canary(marker)}'`,
    ],
    later: () => [["status"]],
  },
  {
    name: "a submodule of a branch that is checked out later",
    commands: ({ marker }) => [
      "mkdir sub && cd sub && git init -q && git commit -q --allow-empty -m x",
      "git switch -qc feature && git add sub && git commit -qm sub",
      "git switch -q main",
      `cd sub && git config core.fsmonitor '${canary(marker)}'`,
    ],
    later: () => [["switch", "feature"], ["status"]],
  },
  {
    name: "an old submodule, whose .git is a directory",
    before: ({ main }) => git(main, "add", "lib"),
    commands: ({ marker }) => [`cd lib && git config core.fsmonitor '${canary(marker)}'`],
    later: () => [["status"]],
  },
  {
    name: "an old submodule gets a link in the place of its .git",
    before: ({ main }) => git(main, "add", "lib"),
    commands: ({ marker }) => [
      `cp -r lib/.git evil && git config -f evil/config core.fsmonitor '${canary(marker)}' && mv lib/.git old; ln -s ../evil lib/.git`,
    ],
    later: () => [["status"]],
  },
  {
    name: "a todo list that executes, by way of the editor",
    commands: ({ marker }) => [
      `printf '#!/bin/sh\\nprintf "break\\nexec touch ${marker}\\n" >"$1"\\n' >ed && chmod +x ed`,
      "GIT_SEQUENCE_EDITOR=./ed git rebase -q -i HEAD~1",
    ],
    later: () => [["rebase", "--continue"]],
  },
  {
    name: "a todo list that executes, by way of -c",
    commands: ({ marker }) => [
      `printf '#!/bin/sh\\nprintf "break\\nexec touch ${marker}\\n" >"$1"\\n' >ed && chmod +x ed`,
      "git -c sequence.editor=./ed rebase -q -i HEAD~1",
    ],
    later: () => [["rebase", "--continue"]],
  },
  {
    name: "a todo list that executes, written by what a hook calls",
    before: withHook,
    commands: ({ marker }) =>
      inHook(
        `git rev-parse HEAD >.git/h; mkdir .git/rebase-merge; cd .git/rebase-merge; cp ../h onto; cp ../h orig-head; echo refs/heads/main >head-name; : >interactive; : >done; printf 'x touch ${marker}\\n' >git-rebase-todo; rm ../h`,
      ),
    later: () => [["rebase", "--continue"]],
  },
  {
    name: "a link in the place of the index, which a later git writes through",
    before: withHook,
    commands: ({ marker }) => inHook(`rm -f .git/index && ln -s ${marker} .git/index; sleep 0.1`),
    later: () => [["add", "-A"]],
  },
  {
    name: "a link in the place of the message, which a later git writes through",
    before: withHook,
    commands: ({ marker }) => [...inHook(`ln -sf ${marker} .git/COMMIT_EDITMSG; false`)],
    later: () => [
      ["config", "core.hooksPath", "/dev/null"],
      ["commit", "-q", "--allow-empty", "-m", "later"],
    ],
  },
  {
    name: "a file that the config includes",
    before: ({ main }) => {
      writeFileSync(join(main, ".gitshared"), "[core]\n\tautocrlf = false\n");
      git(main, "config", "include.path", "../.gitshared");
    },
    commands: ({ marker }) => [`git config -f .gitshared core.fsmonitor '${canary(marker)}'`],
    later: () => [["status"]],
  },
  {
    name: "a file that the config includes on a condition, and that is not there yet",
    before: ({ main }) => git(main, "config", "includeIf.gitdir:**/.git.path", "../conf/shared"),
    commands: ({ marker }) => [`mkdir -p conf && git config -f conf/shared core.fsmonitor '${canary(marker)}'`],
    later: () => [["status"]],
  },
  {
    name: "the hooks directory of the user's own settings",
    before: ({ main }) => {
      writeFileSync(join(home, ".gitconfig-hooks"), "[core]\n\thooksPath = .githooks\n");
      git(main, "config", "include.path", join(home, ".gitconfig-hooks"));
    },
    commands: ({ marker }) => [
      `mkdir -p .githooks; printf '#!/bin/sh\\ntouch ${marker}\\n' >.githooks/pre-commit; chmod +x .githooks/pre-commit`,
    ],
    later: () => [["commit", "-q", "--allow-empty", "-m", "later"]],
  },
  {
    name: "a program of the work tree that a filter names",
    before: ({ main }) => {
      writeFileSync(join(main, "clean.sh"), "cat\n");
      writeFileSync(join(main, ".gitattributes"), "*.txt filter=x\n");
      git(main, "config", "filter.x.clean", "sh clean.sh %f");
    },
    commands: ({ marker }) => [`printf 'touch ${marker}; cat\\n' >clean.sh; echo x >a.txt`],
    later: () => [["add", "-A"]],
  },
  {
    name: "a remote in the old form leads a later fetch elsewhere",
    before: withHook,
    commands: ({ other }) => inHook(`mkdir -p .git/remotes; echo 'URL: ${other}' >.git/remotes/upstream`),
    later: ({ marker }) => [["fetch", "-q", "upstream", `+main:refs/heads/${marker.split("/").at(-1)}`]],
  },
  {
    name: "another repository behind a link in the place of .git",
    commands: ({ other }) => [
      `mkdir sub && ln -s ${other}/.git sub/.git`,
      "cd sub && git commit -q --allow-empty -m planted",
      "cd sub && git tag planted",
    ],
    later: ({ marker }) => [
      ["config", "alias.look", `!git rev-parse -q --verify planted && touch ${marker}`],
      ["look"],
    ],
    at: ({ other }) => other,
  },
];

function doLater(trap: Trap, w: World): void {
  for (const args of trap.later(w)) {
    spawnSync("git", args, { cwd: trap.at?.(w) ?? w.main, env: { ...env, GIT_EDITOR: "true" }, stdio: "ignore" });
  }
}

/** Whether the trap closed: a program ran, something was written outside, or a branch appeared. */
function sprung({ main, marker }: World): boolean {
  const branch = spawnSync("git", ["rev-parse", "-q", "--verify", `refs/heads/${marker.split("/").at(-1)}`], {
    cwd: main,
    env,
  });
  return existsSync(marker) || branch.status === 0;
}

test.each(TRAPS)("control: git falls for $name", (trap) => {
  const w = world();
  trap.before?.(w);
  for (const script of trap.commands(w)) spawnSync("/bin/bash", ["-c", script], { cwd: w.main, env, stdio: "ignore" });
  doLater(trap, w);
  expect(sprung(w)).toBe(true);
});

for (const [tier, sandbox] of await offeredTiers(join(base, "bin"))) {
  describe(`what is left behind does not act later (${tier})`, () => {
    const begin = (w: World) => ({ home, workspace: w.main, path, known: new KnownRepositories() });
    const policyFor = (user: ReturnType<typeof begin>) =>
      policyOf(user, { exclude_slash_tmp: true, extra_protect: [...user.known.linked].filter(existsSync) });

    for (const always_git of [false, true]) {
      test.each(TRAPS)(`$name${always_git ? ", with the repository open to everything" : ""}`, async (trap) => {
        const w = world();
        trap.before?.(w);
        const user = { ...begin(w), always_git };
        for (const script of trap.commands(w))
          await runConfined(sandbox, ["/bin/bash", "-c", script], await policyFor(user), user);
        doLater(trap, w);
        expect(sprung(w)).toBe(false);
      });
    }

    test("a submodule that was not one yet when the command was judged", async () => {
      const w = world();
      const user = begin(w);
      const judged = await policyFor(user);
      const run = (script: string) => runConfined(sandbox, ["/bin/bash", "-c", script], judged, user);
      await run("mkdir sub && cd sub && git init -q && git commit -q --allow-empty -m x");
      expect((await run("git add sub")).findings).toEqual([]);
      const { findings } = await run(`cd sub && git config core.fsmonitor '${canary(w.marker)}'`);
      expect(findings).toMatchObject([{ path: join(w.main, "sub/.git/config"), action: "restored" }]);
      spawnSync("git", ["status"], { cwd: w.main, env });
      expect(existsSync(w.marker)).toBe(false);
    });

    test("what is moved away is kept, and said with its reason", async () => {
      const w = world();
      const user = begin(w);
      const why = "git in the project around it would obey this repository";
      const made = "mkdir SUB && cd SUB && git init -q && git commit -q --allow-empty -m x";
      const cases: [plant: string, name: string, action: string][] = [
        ["git config alias.x '!sh'", ".git/config", "restored"],
        ["echo x >.git/hooks/pre-commit", ".git/hooks/pre-commit", "quarantined"],
        [
          "mkdir ../evil && mv .git/objects .git/refs ../evil && echo ../../evil >.git/commondir",
          ".git",
          "quarantined",
        ],
        ["mv .git ../real && echo 'gitdir: ../real' >.git", ".git", "quarantined"],
      ];
      for (const [index, [plant, name, action]] of cases.entries()) {
        const sub = `sub${index}`;
        await runConfined(sandbox, ["/bin/bash", "-c", `${made.replaceAll("SUB", sub)}`], await policyFor(user), user);
        await runConfined(
          sandbox,
          ["/bin/bash", "-c", `cd ${sub} && mkdir -p .git/hooks && ${plant}`],
          await policyFor(user),
          user,
        );
        const { findings } = await runConfined(sandbox, ["git", "add", sub], await policyFor(user), user);
        expect([plant, findings]).toMatchObject([plant, [{ path: join(w.main, sub, name), action, why }]]);
        expect(existsSync(findings[0]?.kept_at ?? "")).toBe(true);
      }
    });

    test("an index that names .git is put back as it was", async () => {
      const w = world();
      withHook(w);
      const index = join(w.main, ".git/index");
      const before = readFileSync(index);
      const user = begin(w);
      const bytes = Buffer.from(before);
      Buffer.from(".Git/").copy(bytes, bytes.indexOf("three"));
      writeFileSync(join(w.main, "forged"), bytes);
      for (const script of inHook("cp forged .git/index")) {
        const { findings } = await runConfined(sandbox, ["/bin/bash", "-c", script], await policyFor(user), user);
        if (script.startsWith("git"))
          expect(findings.filter(({ path }) => path === index)).toMatchObject([{ action: "restored" }]);
      }
      expect(readFileSync(index)).toEqual(before);
    });
  });
}
