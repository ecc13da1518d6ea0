import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Attack } from "../attack.ts";
import { KEPT, read, type World } from "../world.ts";
import { gitRunsPlanted, PLANTED } from "./planted.ts";

const places = (world: World) => ({
  protected: [".git", ".moat", ".claude", ".vscode/settings.json", "HEAD"].map((name) => join(world.inside, name)),
});
const appeared = (name: string) => (world: World) => existsSync(join(world.inside, name));

const INIT = "git init -q -b main .; ";
/** A repository elsewhere in the workspace, whose config runs what was planted. */
const EVIL = 'git init -q -b main e; git config -f e/.git/config core.fsmonitor "$PWD/evil"; ';

/** What a command leaves in a repository that it made, for a git that runs later and outside. */
const left: [name: string, script: string][] = [
  ["a hook", "cp evil .git/hooks/pre-commit"],
  ["a hook beside a sample of its name", "cp evil .git/hooks/pre-commit.sample; cp evil .git/hooks/pre-commit"],
  ["a directory of hooks that is a link", "mkdir h; cp evil h/pre-commit; rm -rf .git/hooks; ln -s ../h .git/hooks"],
  ["another directory of hooks", 'mkdir h; cp evil h/pre-commit; git config core.hooksPath "$PWD/h"'],
  ["a monitor", 'git config core.fsmonitor "$PWD/evil"'],
  ["a monitor on the line of its section", String.raw`printf '[core]fsmonitor = %s\n' "$PWD/evil" >> .git/config`],
  ["a monitor without blanks", String.raw`printf '[core]\nfsmonitor=%s\n' "$PWD/evil" >> .git/config`],
  [
    "a monitor behind a line that goes on",
    String.raw`printf '[user]\n\tname = a\\\n[core]\n\tname = x\n[core]\n\tfsmonitor = %s\n' "$PWD/evil" >> .git/config`,
  ],
  ["a monitor in capitals", String.raw`printf '[CORE]\n\tFSMONITOR = %s\n' "$PWD/evil" >> .git/config`],
  [
    "a monitor before all else",
    String.raw`printf '[core]\n\tfsmonitor = %s\n' "$PWD/evil" | cat - .git/config > c; cp c .git/config`,
  ],
  ["an included config", 'git config -f inc core.fsmonitor "$PWD/evil"; git config include.path "$PWD/inc"'],
  [
    "a config that is included on a condition",
    'git config -f inc core.fsmonitor "$PWD/evil"; git config "includeIf.gitdir:**.path" "$PWD/inc"',
  ],
  ["a config that is a link", 'cp .git/config c; git config -f c core.fsmonitor "$PWD/evil"; ln -sf ../c .git/config'],
  [
    "a config of the work tree",
    'git config extensions.worktreeConfig true; git config --worktree core.fsmonitor "$PWD/evil"',
  ],
  ["a common directory elsewhere", `${EVIL} echo "$PWD/e/.git" > .git/commondir`],
  [
    "a filter",
    "mkdir -p .git/info; echo '* filter=evil' > .git/info/attributes; git config filter.evil.clean \"$PWD/evil\"",
  ],
  ["a file that leads to another repository", `rm -rf .git; ${EVIL} echo "gitdir: $PWD/e/.git" > .git`],
  ["a link to another repository", `rm -rf .git; ${EVIL} ln -s e/.git .git`],
  [
    "a template of its own",
    'mkdir -p t/hooks; cp evil t/hooks/pre-commit; rm -rf .git; git init -q -b main --template="$PWD/t" .',
  ],
];

/** Places that do not exist when the command starts: what comes into being does not stay, but for a repository as git makes it. */
export const born: Attack[] = [
  ...left.map(
    ([name, script]): Attack => ({
      name: `git later runs ${name}`,
      policy: places,
      script: `${PLANTED}${INIT}${script}`,
      succeeded: gitRunsPlanted,
    }),
  ),
  {
    name: "git later writes to where its log leads",
    policy: places,
    script: `${INIT} mkdir -p .git/logs; ln -s $OUT/keep .git/logs/HEAD`,
    succeeded(w) {
      gitRunsPlanted(w);
      return read(w, "outside/keep") !== KEPT;
    },
  },
  {
    name: "a rebase that is to go on",
    policy: places,
    script: `${INIT} mkdir .git/rebase-merge; echo 'exec ./evil' > .git/rebase-merge/git-rebase-todo`,
    succeeded: appeared(".git/rebase-merge/git-rebase-todo"),
  },
  {
    name: "a repository in a place of another agent",
    policy: places,
    script: "git init -q .claude; echo x > .claude/settings.json",
    succeeded: appeared(".claude/settings.json"),
  },
  { name: "a repository without a name", policy: places, script: "git init -q --bare .", succeeded: appeared("HEAD") },
  {
    name: "places in directories that cannot be written",
    policy: places,
    script:
      "mkdir .moat .vscode; echo x > .moat/config.toml; echo x > .vscode/settings.json; chmod 500 .moat .vscode .",
    succeeded: (w) => appeared(".moat/config.toml")(w) || appeared(".vscode/settings.json")(w),
  },
  {
    name: "a place that cannot be read",
    policy: places,
    script: "mkdir .moat; echo x > .moat/config.toml; chmod 0 .moat",
    succeeded: appeared(".moat"),
  },
  {
    name: "places that are FIFOs",
    policy: places,
    script: "mkfifo .moat .git; mkdir .vscode; mkfifo .vscode/settings.json",
    succeeded: (w) => [".moat", ".git", ".vscode/settings.json"].some((name) => appeared(name)(w)),
  },
];
