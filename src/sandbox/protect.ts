// What stays read-only inside writable directories: the places that decide what runs later, outside the sandbox.

import { dirname, join } from "node:path";
import { isBeneath } from "../base/index.ts";
import { guardedIn, worktreeLinks } from "./git/guard.ts";
import { findGit, isGitDirectory, submoduleLinks } from "./git/layout.ts";
import { gitlinks, nestedRepositories } from "./git/nested.ts";
import type { GitLayout } from "./git/repository.ts";
import { configuredPlaces, type GitUser } from "./git/settings.ts";
import { isSymlink, kindOf, lstatOf, outermost, pathExists, realPathsOfNew } from "./paths.ts";

/**
 * A directory that may be written. `temporary` ones (and caches) are no projects, and other programs use them: nothing new is
 * forbidden there.
 */
export interface Root {
  path: string;
  kind: "workspace" | "granted" | "temporary";
}

/** A root that is a `.git` directory or lies in one: no workspace, so it gets no workspace's places. */
const INSIDE_DOT_GIT = /\/\.git(\/|$)/;

/** Protected in every workspace, also when they do not exist: they must not come into being unseen. */
const ALWAYS = [
  ".git",
  ".moat",
  ".codex",
  ".agents",
  ".claude",
  ".vscode/settings.json",
  ".vscode/tasks.json",
  ".husky",
];

/** Protected where they exist: settings of other agents and editors that name commands to run. */
const WHERE_PRESENT = [
  ".cursor",
  ".gemini",
  ".opencode",
  ".mcp.json",
  ".vscode/launch.json",
  ".vscode/mcp.json",
  ".idea",
  ".devcontainer",
  ".zed",
];

/** In a home directory that lies in a writable one: what a shell, a desktop or a tool runs at its next start. */
const HOME_ALWAYS = [
  ".bashrc",
  ".bash_profile",
  ".bash_login",
  ".profile",
  ".zshrc",
  ".zshenv",
  ".zprofile",
  ".gitconfig",
  ".ssh",
  ".config",
];
/** The launcher and the private caches: a link in their place would be followed by moat itself. */
export const OWN_CACHE = ".cache/moat";
/** In there, one for each workspace: what commands wrote into the home directory. Hidden from every command. */
export const LAYERS = "homes";
const HOME_WHERE_PRESENT = [
  ".bash_aliases",
  ".bash_logout",
  ".zlogin",
  ".zlogout",
  ".inputrc",
  ".xprofile",
  ".xinitrc",
  ".xsessionrc",
  ".pam_environment",
  ".gnupg",
  ".aws",
  ".kube",
  ".docker",
  ".npmrc",
  ".yarnrc",
  ".yarnrc.yml",
  ".bunfig.toml",
  ".pypirc",
  ".pythonrc",
  ".gemrc",
  ".vim",
  ".vimrc",
  ".emacs",
  ".emacs.d",
  ".tmux.conf",
  ".oh-my-zsh",
  ".local/bin",
  ".local/share/applications",
  ".local/share/systemd",
  ".cargo/bin",
  ".cargo/config.toml",
  ".cargo/env",
  ".rustup",
  ".bun/bin",
  ".deno/bin",
  ".pyenv",
  ".nvm",
  ".rbenv",
  "go/bin",
  "bin",
  "Library/LaunchAgents",
];

/**
 * The read-only places inside the roots: absolute, some of them absent. Only what lies in a root is named, because the
 * rest cannot be written anyway. A place that the user granted by name is not protected, but its git directory's inner
 * places are.
 * @param user home directory, symlinks resolved, and where the settings of git lie
 * @param moat_home directory of moat's own state, symlinks resolved
 * @param more further places, absolute
 */
export function protectedPlaces(roots: Root[], user: GitUser, moat_home: string, more: string[]): string[] {
  const { home } = user;
  const wanted = [...roots.flatMap((root) => placesOfRoot(root, user)), ...placesOfHome(home), moat_home, ...more];
  const realOf = realPathsOfNew();
  const places = new Set(wanted.flatMap((place) => bothEndsOfLink(place, realOf)));
  const chosen = new Set(roots.filter((root) => root.kind !== "temporary").map((root) => root.path));
  const inside = [...places].filter((place) => !chosen.has(place) && roots.some((root) => isBeneath(place, root.path)));
  const links = outermost(inside).flatMap(worktreeLinks);
  return [...outermost(inside), ...links].sort();
}

function placesOfRoot({ path, kind }: Root, user: GitUser): string[] {
  const named = (names: string[]) => names.map((name) => join(path, name));
  const present = named([...ALWAYS, ...WHERE_PRESENT]).filter(pathExists);
  if (kind === "temporary") return present;
  const guarded = isGitDirectory(path) ? guardedIn(path) : [];
  if (INSIDE_DOT_GIT.test(path)) return guarded;
  const layout = findGit(path);
  // Without a `.git` of its own, a directory with HEAD, objects and refs in it is a repository to git.
  const head = layout?.work_tree === path || guarded.length > 0 ? [] : named(["HEAD"]);
  return [...present, ...named(ALWAYS), ...head, ...guarded, ...(layout ? placesOfGit(layout, user) : [])];
}

function placesOfHome(home: string): string[] {
  if (kindOf(home) !== "directory") return [];
  const named = (names: string[]) => names.map((name) => join(home, name));
  return [...named([...HOME_ALWAYS, OWN_CACHE]), ...named(HOME_WHERE_PRESENT).filter(pathExists)];
}

/**
 * Places of the home directory that are not only looked after when they do not exist (`SandboxPolicy.stand_ins`).
 * @param home home directory, symlinks resolved
 */
export function standIns(home: string): string[] {
  return HOME_ALWAYS.map((name) => join(home, name));
}

/** What a shell, a desktop or a tool runs or obeys at its next start, relative to the home directory; some of it is not there. */
export const HOME_STARTS: readonly string[] = [...HOME_ALWAYS, ...HOME_WHERE_PRESENT];

/** The repository, those inside it that its index names, and the places that their settings name. */
function placesOfGit(layout: GitLayout, user: GitUser): string[] {
  const all = [layout, ...nestedRepositories(layout)];
  // One that is not there yet is looked after by the watch over repositories.
  const inside = all.flatMap(gitlinks).map((path) => join(path, ".git"));
  return [
    ...all.flatMap((one) => [one.dot_git, one.git_dir, one.common_dir]),
    ...configuredPlaces(all, user),
    ...submoduleLinks(layout.common_dir),
    ...inside.filter((path) => lstatOf(path) !== null),
  ];
}

/**
 * A place, and what it leads to when it is a symlink or lies behind one: the link could be replaced, its target could be
 * written.
 */
function bothEndsOfLink(place: string, realOf: (path: string) => string): string[] {
  const real = realOf(place);
  if (real === place) return [place];
  const parent = dirname(place);
  return isSymlink(parent) ? [parent, real] : [place, real];
}
