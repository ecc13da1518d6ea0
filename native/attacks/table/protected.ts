import { chmodSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Attack } from "../attack.ts";
import { read, type World, write } from "../world.ts";
import { gitRunsPlanted, PLANTED } from "./planted.ts";

const at = (world: World, ...names: string[]) => names.map((name) => join(world.inside, name));

/** A repository, as far as its hooks and config go. */
function repository(world: World, directory = "inside"): void {
  write(world, `${directory}/.git/HEAD`, "ref: refs/heads/main\n");
  write(world, `${directory}/.git/config`, "[core]\n");
  write(world, `${directory}/.git/hooks/sample`, "");
  write(world, `${directory}/.git/objects/x`, "");
}

const hook = (directory: string) => (world: World) =>
  existsSync(join(world.inside, directory, ".git/hooks/pre-commit"));
const appeared = (name: string) => (world: World) => existsSync(join(world.inside, name));

function realRepository(world: World): void {
  const git = (...args: string[]) =>
    Bun.spawnSync(["git", "-C", world.inside, ...args], { env: { PATH: world.env.PATH, HOME: world.root } });
  git("init", "-q", "-b", "main");
  Bun.spawnSync(["chown", "-R", `${world.uid}:${world.uid}`, world.inside]);
}

/** All of `.git`: what a policy protects for any command. */
const wholeGit = (world: World) => ({ protected: at(world, ".git", ".moat", ".husky") });
/** What a policy protects while a plain git command may write the repository. */
const gitProfile = (world: World) => ({
  writable: [world.inside, join(world.inside, ".git")],
  protected: at(
    world,
    ...["hooks", "config", "config.worktree", "commondir", "modules", "info/attributes"].map((n) => `.git/${n}`),
  ),
});

/** Read-only places in the workspace. */
export const protectedPlaces: Attack[] = [
  {
    name: "plant a hook",
    prepare: repository,
    policy: wholeGit,
    script: "echo x > .git/hooks/pre-commit",
    succeeded: hook("."),
  },
  {
    name: "move .git away and make a new one",
    prepare: repository,
    policy: wholeGit,
    script: "mv .git g; mkdir -p .git/hooks; echo x > .git/hooks/pre-commit",
    succeeded: hook("."),
  },
  {
    name: "remove .git and make a new one",
    prepare: repository,
    policy: wholeGit,
    script: "rm -rf .git; mkdir -p .git/hooks; echo x > .git/hooks/pre-commit",
    succeeded: hook("."),
  },
  {
    name: "exchange .git with a directory",
    prepare: repository,
    policy: wholeGit,
    script: "mkdir -p g/hooks; echo x > g/hooks/pre-commit; $A exchange g .git",
    succeeded: hook("."),
  },
  {
    name: "replace .git by a symlink",
    prepare: repository,
    policy: wholeGit,
    script: "mkdir -p g/hooks; echo x > g/hooks/pre-commit; mv .git h; ln -s g .git",
    succeeded: hook("."),
  },
  {
    name: "move a directory above it away",
    prepare: (w) => repository(w, "inside/sub/dir"),
    policy: (w) => ({ protected: at(w, "sub/dir/.git") }),
    script: "mv sub sub2; mkdir -p sub/dir/.git/hooks; echo x > sub/dir/.git/hooks/pre-commit",
    succeeded: hook("sub/dir"),
  },
  {
    name: "exchange a directory above it",
    prepare: (w) => repository(w, "inside/sub/dir"),
    policy: (w) => ({ protected: at(w, "sub/dir/.git") }),
    script: "mkdir -p s/.git/hooks; echo x > s/.git/hooks/pre-commit; $A exchange s sub/dir",
    succeeded: hook("sub/dir"),
  },
  {
    name: "link the config and write to the link",
    prepare: repository,
    policy: wholeGit,
    script: "ln .git/config c; echo '[core] fsmonitor=x' >> c",
    succeeded: (w) => read(w, "inside/.git/config") !== "[core]\n",
  },
  {
    name: "make a protected directory that was missing",
    policy: wholeGit,
    script: "mkdir .moat .husky .git; echo x > .husky/pre-commit",
    succeeded: (w) => readdirSync(w.inside).length > 0,
  },
  {
    name: "rename something to a missing protected name",
    policy: wholeGit,
    script: "mkdir m; echo x > m/config.toml; mv m .moat || mv -T m .moat",
    succeeded: appeared(".moat/config.toml"),
  },
  {
    name: "make a protected file that was missing",
    policy: (w) => ({ protected: at(w, ".vscode/settings.json") }),
    script: "mkdir .vscode; echo x > .vscode/settings.json",
    succeeded: appeared(".vscode/settings.json"),
  },
  {
    name: "make the directory of a missing protected file a symlink",
    policy: (w) => ({ protected: at(w, ".vscode/settings.json") }),
    script: "mkdir v; echo x > v/settings.json; ln -s v .vscode",
    succeeded: appeared(".vscode/settings.json"),
  },
  {
    name: "make what git runs executable",
    prepare: (w) => {
      repository(w);
      write(w, "inside/.git/hooks/pre-commit", "#!/bin/sh\n");
      chmodSync(join(w.inside, ".git/hooks/pre-commit"), 0o644);
    },
    policy: wholeGit,
    script: "chmod 755 .git/hooks/pre-commit",
    succeeded: (w) =>
      Bun.spawnSync(["test", "-x", join(w.inside, ".git/hooks/pre-commit")]).exitCode === 0 && modeOf(w) === 0o755,
  },
  {
    name: "git runs a planted hook later",
    prepare: realRepository,
    policy: wholeGit,
    script: `${PLANTED} cp evil .git/hooks/pre-commit`,
    succeeded: gitRunsPlanted,
  },
  {
    name: "git runs a planted fsmonitor later",
    prepare: realRepository,
    policy: wholeGit,
    script: `${PLANTED} git config core.fsmonitor "$PWD/evil"`,
    succeeded: gitRunsPlanted,
  },
  {
    name: "in the git profile: a planted hook",
    prepare: realRepository,
    policy: gitProfile,
    script: `${PLANTED} cp evil .git/hooks/pre-commit`,
    succeeded: gitRunsPlanted,
  },
  {
    name: "in the git profile: a config from elsewhere through commondir",
    prepare: realRepository,
    policy: gitProfile,
    script: `${PLANTED} mkdir -p e; cp -r .git/objects .git/refs e; cp .git/config e/config; git config -f e/config core.fsmonitor "$PWD/evil"; echo "$PWD/e" > .git/commondir`,
    succeeded: gitRunsPlanted,
  },
  {
    name: "in the git profile: hooks moved away",
    prepare: realRepository,
    policy: gitProfile,
    script: `${PLANTED} mv .git/hooks .git/h; mkdir .git/hooks; cp evil .git/hooks/pre-commit`,
    succeeded: gitRunsPlanted,
  },
  {
    name: "in the git profile: a filter through attributes and a config",
    prepare: realRepository,
    policy: gitProfile,
    script: `${PLANTED} mkdir -p .git/info; echo '* filter=evil' > .git/info/attributes; git config filter.evil.clean "$PWD/evil"`,
    succeeded: gitRunsPlanted,
  },
];

function modeOf(world: World): number {
  const { stdout } = Bun.spawnSync(["stat", "-c", "%a", join(world.inside, ".git/hooks/pre-commit")]);
  return Number.parseInt(stdout.toString(), 8);
}
