// `git commit` has to work although `.git` is read-only to everything else. A plain git command runs with the repository
// writable, except for the places that decide what git executes.
import { join, resolve } from "node:path";
import { isWithin } from "../../base/index.ts";
import type { SandboxPolicy } from "../contract.ts";
import { withoutLayer } from "../home/without.ts";
import { lstatOf } from "../paths.ts";
import { foreignProgram } from "../programs.ts";
import { guardedPlaces } from "./guard.ts";
import type { KnownRepositories } from "./known.ts";
import { type PlainCommand, plainCommands } from "./plain-commands.ts";
import type { GitLayout } from "./repository.ts";
import { configuredPlaces, type GitUser, gitUser } from "./settings.ts";
import { EDITORS, gitCommand, isPlainSetting, isPlainVariable, PLAIN_OPTIONS } from "./words.ts";

/** Repositories that a plain git command works on. */
export interface GitProfile {
  repositories: GitLayout[];
  /** Of those, submodules that are checked out: git writes the config of each anew, with what it says already. */
  rewritten: GitLayout[];
}

/** Programs that may stand beside git: they write nothing but their output. */
const BESIDE = new Set(["cat", "echo", "false", "grep", "head", "printf", "pwd", "tail", "true", "wc"]);

/** What a profile is read against. */
export interface GitSurroundings {
  /** Absolute. */
  cwd: string;
  /** The repository that a plain git command in a directory may write; null: there is none, or it is not to be opened. */
  open(directory: string): GitLayout | null;
  /** The submodules of the repository of a directory that may be checked out. */
  submodules(directory: string): GitLayout[];
  /** The name of a program leads to a file that commands can write. */
  isForeign(program: string): boolean;
}

/**
 * The profile of an argv that is a plain git command (or several, joined by `&&`, `;` or `|` with programs that only
 * print), of which one writes; null for everything else, and where the repository is not what it seems.
 */
export function gitProfile(argv: string[], surroundings: GitSurroundings): GitProfile | null {
  const { cwd, isForeign } = surroundings;
  const commands = plainCommands(argv);
  if (commands === null || !commands.some((command) => isGit(withoutVariables(command)[0] ?? ""))) return null;
  let at = cwd;
  const repositories = new Map<string, GitLayout>();
  const rewritten: GitLayout[] = [];
  for (const command of commands) {
    const words = withoutVariables(command);
    const [program = ""] = words;
    if (program === "cd" && words.length === 2) {
      at = resolve(at, words[1] ?? "");
      continue;
    }
    const chooses = words.length < command.length || words.includes("-c");
    if ([program, ...(chooses ? EDITORS : [])].some(isForeign)) return null;
    if (commands.length > 1 && isBeside(words)) continue;
    const call = readGitCall(words, at);
    if (call === null) return null;
    const written = writtenBy(call, surroundings);
    if (call.does !== "reads" && written.length === 0) return null;
    for (const layout of written) repositories.set(layout.git_dir, layout);
    if (call.does === "checks out submodules") rewritten.push(...written);
  }
  return repositories.size > 0 ? { repositories: [...repositories.values()], rewritten } : null;
}

function writtenBy({ directory, does }: GitCall, { open, submodules }: GitSurroundings): GitLayout[] {
  if (does === "reads") return [];
  if (does === "checks out submodules") return submodules(directory);
  const layout = open(directory);
  return layout === null ? [] : [layout];
}

/** `printf -v` computes what stands in the brackets of a variable's name. */
function isBeside([program = "", first = ""]: string[]): boolean {
  return BESIDE.has(program) && !(program === "printf" && first.startsWith("-"));
}

function withoutVariables(command: PlainCommand): string[] {
  const first = command.findIndex((word) => !isPlainVariable(word));
  return first < 0 ? [] : command.slice(first);
}

const isGit = (program: string) => program === "git" || /^\/(usr\/(local\/)?)?bin\/git$/.test(program);

interface GitCall {
  /** Where git looks for the repository. */
  directory: string;
  does: NonNullable<ReturnType<typeof gitCommand>>;
}

function readGitCall(words: string[], cwd: string): GitCall | null {
  const [program = "", ...args] = words;
  if (!isGit(program)) return null;
  let directory = cwd;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? "";
    if (word === "-C") directory = resolve(directory, args[++at] ?? "");
    else if (word === "-c" && isPlainSetting(args[at + 1] ?? "")) at++;
    else if (!PLAIN_OPTIONS.has(word)) {
      const does = gitCommand(word, args.slice(at + 1));
      return does === null ? null : { directory, does };
    }
  }
  return null;
}

/**
 * The policy with the profile's repositories opened, as far as they belong to what may be written: a work tree in a writable
 * directory, or one that holds the workspace. Nothing is opened where nothing may be written.
 * @param user whose git settings name places too
 */
export function withGit(policy: SandboxPolicy, profile: GitProfile, user: GitUser): SandboxPolicy {
  const layouts = profile.repositories.filter(({ work_tree }) =>
    policy.writable.some((root) => isWithin(work_tree, root) || isWithin(root, work_tree)),
  );
  if (policy.mode !== "workspace-write" || layouts.length === 0) return policy;
  // A linked worktree's own directory lies in the common one.
  const opened = layouts.map(({ common_dir }) => common_dir);
  const rewritten = profile.rewritten.filter((layout) => layouts.includes(layout));
  const configs = rewritten.map(({ git_dir }) => join(git_dir, "config"));
  const guarded = [...layouts.flatMap(guardedPlaces), ...configuredPlaces(layouts, user)].filter(
    (place) => !configs.includes(place),
  );
  // The `.git` file of a submodule that is not checked out is git's to make; the watch looks at what it is then.
  const made = rewritten.map(({ dot_git }) => dot_git).filter((path) => lstatOf(path) === null);
  const kept = policy.protected.filter((place) => !opened.includes(place) && !made.includes(place));
  const places = [...kept, ...guarded.filter(isOpen(opened))];
  return {
    ...policy,
    writable: [...new Set([...policy.writable, ...opened])],
    protected: [...new Set(places)].sort(),
    git: { watched: [], git_dirs: [], linked: new Set(), ...policy.git, opened: layouts, rewritten },
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

/** The policy of a program for which no repository is opened: what it leaves is compared all the same. */
export function underWatch(policy: SandboxPolicy, known: KnownRepositories): SandboxPolicy {
  if (policy.mode !== "workspace-write") return policy;
  const { layouts: watched, git_dirs, linked } = known;
  return { ...policy, git: { opened: [], rewritten: [], watched, git_dirs, linked } };
}

/**
 * What one command runs under: its thread's policy and environment, opened for a plain git command. `always` opens the
 * repository of `cwd` for any command.
 * @param known the repositories of the thread
 */
export function forCommand(
  argv: string[],
  cwd: string,
  policy: SandboxPolicy,
  env: Record<string, string>,
  known: KnownRepositories,
  always = false,
): { policy: SandboxPolicy; env: Record<string, string> } {
  const watched = underWatch(policy, known);
  if (watched === policy) return { policy, env };
  const open = (directory: string) => known.openable(directory, policy.writable);
  const submodules = (directory: string) => known.submodules(directory, policy.writable);
  const reach = { project: [], writable: policy.writable, closed: policy.protected };
  const isForeign = (program: string) => foreignProgram(program, env.PATH ?? "", cwd, reach) !== null;
  const profile = always ? repositoryOf(open(cwd)) : gitProfile(argv, { cwd, open, submodules, isForeign });
  const opened = profile === null ? watched : withGit(watched, profile, gitUser(env.HOME ?? "/", env));
  if (opened === watched) return { policy: watched, env };
  // A git that reaches other machines takes no settings from a command that could not.
  const trusting = opened.net === "none" ? opened : withoutLayer(opened);
  return { policy: trusting, env: { ...env, ...gitEnvironment(env) } };
}

function repositoryOf(layout: GitLayout | null): GitProfile | null {
  return layout && { repositories: [layout], rewritten: [] };
}
