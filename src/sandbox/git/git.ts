// `git commit` has to work although `.git` is read-only to everything else. A plain git command runs with the repository
// writable, except for the places that decide what git executes.

import { resolve } from "node:path";
import { isWithin } from "../../base/index.ts";
import type { SandboxPolicy } from "../contract.ts";
import { realPath } from "../paths.ts";
import { guardedPlaces } from "./guard.ts";
import { configuredHooks, findGit, type GitLayout } from "./layout.ts";
import { type PlainCommand, plainCommands } from "./plain-commands.ts";

/** Repositories that a plain git command works on. */
export interface GitProfile {
  repositories: GitLayout[];
}

/** Commands that write the repository and have no need of its config, hooks or other repositories. */
const WRITES = new Set(
  (
    "add am apply bisect branch checkout cherry-pick clean commit commit-tree fetch merge mv notes pull push rebase reset " +
    "restore revert rm stash switch symbolic-ref tag update-index update-ref write-tree"
  ).split(" "),
);
/** Commands that only read, and may stand beside a writing one. */
const READS = new Set(
  (
    "blame cat-file check-ignore describe diff diff-tree for-each-ref grep log ls-files ls-remote ls-tree merge-base " +
    "name-rev range-diff reflog rev-list rev-parse shortlog show show-ref status var version whatchanged"
  ).split(" "),
);
/** Options before git's command that change neither the repository nor the programs that git takes. */
const PLAIN_OPTIONS = new Set([
  "--no-pager",
  "-P",
  "--literal-pathspecs",
  "--no-optional-locks",
  "--no-replace-objects",
]);
/** Programs that may stand beside git: they write nothing but their output. */
const BESIDE = new Set(["cat", "echo", "false", "grep", "head", "printf", "pwd", "tail", "true", "wc"]);
/** Variables that may be set for one git command. Those that name a repository or a program for it are not among them. */
const PLAIN_VARIABLE =
  /^(?:GIT_(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL|DATE)|GIT_(?:SEQUENCE_)?EDITOR|GIT_MERGE_AUTOEDIT|EDITOR|VISUAL)=/;

/**
 * The profile of an argv that is a plain git command (or several, joined by `&&`, `;` or `|` with programs that only
 * print), of which one writes; null for everything else, and where the repository is not what it seems.
 * @param cwd absolute
 */
export function gitProfile(argv: string[], cwd: string): GitProfile | null {
  const commands = plainCommands(argv);
  if (commands === null) return null;
  let at = cwd;
  const repositories = new Map<string, GitLayout>();
  for (const [index, command] of commands.entries()) {
    const words = withoutVariables(command);
    if (words[0] === "cd" && words.length === 2) {
      at = resolve(at, words[1] ?? "");
      continue;
    }
    if (BESIDE.has(words[0] ?? "") && (index > 0 || commands.length > 1)) continue;
    const call = readGitCall(words, at);
    if (call === null) return null;
    const layout = call.writes ? layoutAt(call.directory) : null;
    if (call.writes && layout === null) return null;
    if (layout) repositories.set(layout.git_dir, layout);
  }
  return repositories.size > 0 ? { repositories: [...repositories.values()] } : null;
}

/** The repository that git finds there, when it is sure that it belongs there. */
function layoutAt(directory: string): GitLayout | null {
  const real = realPath(directory);
  const layout = real === null ? null : findGit(real);
  return layout?.confirmed ? layout : null;
}

function withoutVariables(command: PlainCommand): string[] {
  const first = command.findIndex((word) => !PLAIN_VARIABLE.test(word));
  return first < 0 ? [] : command.slice(first);
}

interface GitCall {
  /** Where git looks for the repository. */
  directory: string;
  writes: boolean;
}

function readGitCall(words: string[], cwd: string): GitCall | null {
  const [program = "", ...args] = words;
  if (program !== "git" && !/^\/(usr\/(local\/)?)?bin\/git$/.test(program)) return null;
  let directory = cwd;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? "";
    if (word === "-C") directory = resolve(directory, args[++at] ?? "");
    else if (word === "-c") at++;
    else if (!PLAIN_OPTIONS.has(word)) return readSubcommand(word, args.slice(at + 1), directory);
  }
  return null;
}

function readSubcommand(name: string, args: string[], directory: string): GitCall | null {
  if (READS.has(name)) return { directory, writes: false };
  if (!WRITES.has(name)) return null;
  const runsPrograms =
    (name === "rebase" && args.some((arg) => /^(?:-x|--exec)/.test(arg))) || (name === "bisect" && args[0] === "run");
  return runsPrograms ? null : { directory, writes: true };
}

/**
 * The policy with the profile's repositories opened, as far as they belong to what may be written: a work tree in a writable
 * directory, or one that holds the workspace. Nothing is opened where nothing may be written.
 */
export function withGit(policy: SandboxPolicy, profile: GitProfile): SandboxPolicy {
  const layouts = profile.repositories.filter(({ work_tree }) =>
    policy.writable.some((root) => isWithin(work_tree, root) || isWithin(root, work_tree)),
  );
  if (policy.mode !== "workspace-write" || layouts.length === 0) return policy;
  // A linked worktree's own directory lies in the common one.
  const opened = layouts.map(({ common_dir }) => common_dir);
  const guarded = layouts.flatMap((layout) => [...guardedPlaces(layout), ...configuredHooks(layout)]);
  const places = [...policy.protected.filter((place) => !opened.includes(place)), ...guarded.filter(isOpen(opened))];
  return {
    ...policy,
    writable: [...new Set([...policy.writable, ...opened])],
    protected: [...new Set(places)].sort(),
  };
}

function isOpen(opened: string[]): (place: string) => boolean {
  return (place) => opened.some((directory) => isWithin(place, directory));
}

/** Settings that keep git from what cannot work inside: writing its config, and leaving processes behind. */
const SETTINGS: [string, string][] = [
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["core.fsmonitor", "false"],
  ["branch.autoSetupMerge", "false"],
];

/** What an environment gets for these settings of git (git-config(1), GIT_CONFIG_COUNT), keeping those that are set there. */
export function gitEnvironment(
  env: Record<string, string>,
  settings: readonly (readonly [string, string])[] = SETTINGS,
): Record<string, string> {
  const before = Number(env.GIT_CONFIG_COUNT ?? 0);
  const start = Number.isInteger(before) && before > 0 ? before : 0;
  const pairs = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${start + index}`, key],
    [`GIT_CONFIG_VALUE_${start + index}`, value],
  ]);
  return { ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(start + settings.length) };
}

/**
 * What one command runs under: its thread's policy and environment, opened for a plain git command. `always` opens the
 * repository of `cwd` for any command.
 */
export function forCommand(
  argv: string[],
  cwd: string,
  policy: SandboxPolicy,
  env: Record<string, string>,
  always = false,
): { policy: SandboxPolicy; env: Record<string, string> } {
  const profile = always ? repositoryOf(cwd) : gitProfile(argv, cwd);
  const opened = profile ? withGit(policy, profile) : policy;
  return opened === policy ? { policy, env } : { policy: opened, env: { ...env, ...gitEnvironment(env) } };
}

function repositoryOf(cwd: string): GitProfile | null {
  const layout = layoutAt(cwd);
  return layout && { repositories: [layout] };
}
