// What commands may leave behind so that a later git outside runs something, or writes where it must not.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePlace } from "../fixture.ts";

export const base = makePlace("left");
export const searchPath = process.env.PATH ?? "";
export const home = join(base, "home");
mkdirSync(home);
writeFileSync(
  join(home, ".gitconfig"),
  '[user]\n\tname = T\n\temail = t@example.com\n[protocol "file"]\n\tallow = always\n[advice]\n\taddEmbeddedRepo = false\n',
);
export const trapEnv = { PATH: searchPath, HOME: home };

function git(cwd: string, ...args: string[]): string {
  return execFileSync("git", args, { cwd, env: trapEnv, encoding: "utf8", stdio: "pipe" });
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
export function trapWorld() {
  const root = join(base, String(++made));
  cpSync(template, root, { recursive: true });
  // What `git init` leaves at any later time would do as well: the trap decides.
  return { main: join(root, "main"), other: join(root, "other"), marker: join(base, `marker-${made}`) };
}
export type TrapWorld = ReturnType<typeof trapWorld>;

export const canary = (marker: string) => `touch ${marker}; false #`;

export interface Trap {
  name: string;
  /** Before the thread begins, by the user. */
  before?: (w: TrapWorld) => void;
  /** What commands do, one after the other. */
  commands: (w: TrapWorld) => string[];
  /** What the user does later, outside. */
  later: (w: TrapWorld) => string[][];
  /** Where; the repository itself when left out. */
  at?: (w: TrapWorld) => string;
}

/** A script of the workspace that a hook of the user calls: so any code runs while the repository is open. */
export const withHook = ({ main }: Pick<TrapWorld, "main">) => {
  writeFileSync(join(main, ".git/hooks/pre-commit"), "#!/bin/sh\n[ ! -f check.sh ] || sh ./check.sh\n", {
    mode: 0o755,
  });
};
export const inHook = (script: string) => [`cat >check.sh <<'EOF'\n${script}\nEOF`, "git commit -q --allow-empty -m x"];

export const TRAPS: Trap[] = [
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
    name: "a submodule deep down, by add -A",
    commands: ({ marker }) => [
      `mkdir -p a/b/sub && cd a/b/sub && git init -q && git commit -q --allow-empty -m x && git config core.fsmonitor '${canary(marker)}'`,
      "git add -A && git commit -qm all",
    ],
    later: () => [["status"]],
  },
  {
    name: "a submodule whose .git is a file that leads to a directory of the workspace",
    commands: ({ marker }) => [
      `git init -q --separate-git-dir real sub && cd sub && git commit -q --allow-empty -m x && git config core.fsmonitor '${canary(marker)}'`,
      "git add sub",
    ],
    later: () => [["status"]],
  },
  {
    name: "a submodule in a submodule",
    commands: ({ marker }) => [
      `mkdir -p sub/in && cd sub/in && git init -q && git commit -q --allow-empty -m x && git config core.fsmonitor '${canary(marker)}' && cd .. && git init -q && git add in && git commit -qm x`,
      "git add sub",
    ],
    later: () => [["status"]],
  },
  {
    name: "another repository in the place of an old submodule",
    before: ({ main }) => git(main, "add", "lib"),
    commands: ({ marker }) => [
      `mv lib old; mkdir lib && cd lib && git init -q && git commit -q --allow-empty -m x && git config core.fsmonitor '${canary(marker)}'`,
    ],
    later: () => [["status"]],
  },
  {
    name: "the directory of a rebase is a link to the workspace",
    before: withHook,
    commands: ({ marker }) =>
      inHook(
        `mkdir evil; cd evil; git rev-parse HEAD >onto; cp onto orig-head; echo refs/heads/main >head-name; : >interactive; : >done; printf 'x touch ${marker}\\n' >git-rebase-todo; cd ..; ln -s ../evil .git/rebase-merge`,
      ),
    later: () => [["rebase", "--continue"]],
  },
  {
    name: "an included file and a monitor inside the git directory",
    before: ({ main }) => {
      writeFileSync(join(main, ".git/inc"), "[core]\n\tfsmonitor = .git/monitor\n");
      git(main, "config", "include.path", "inc");
      withHook({ main });
    },
    commands: ({ marker }) => inHook(`printf '#!/bin/sh\\ntouch ${marker}\\n' >.git/monitor; chmod +x .git/monitor`),
    later: () => [["status"]],
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

export function doLater(trap: Trap, w: TrapWorld): void {
  for (const args of trap.later(w)) {
    spawnSync("git", args, { cwd: trap.at?.(w) ?? w.main, env: { ...trapEnv, GIT_EDITOR: "true" }, stdio: "ignore" });
  }
}

/** Whether the trap closed: a program ran, something was written outside, or a branch appeared. */
export function sprung({ main, marker }: TrapWorld): boolean {
  const branch = spawnSync("git", ["rev-parse", "-q", "--verify", `refs/heads/${marker.split("/").at(-1)}`], {
    cwd: main,
    env: trapEnv,
  });
  return existsSync(marker) || branch.status === 0;
}
