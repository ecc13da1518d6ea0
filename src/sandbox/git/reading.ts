// What only reads must start nothing that a repository names. git is told so in its environment, which wins over every file of
// settings and reaches the gits that it starts in submodules; what no setting switches off is named, so that a person is asked.
import { join } from "node:path";
import { kindOf } from "../paths.ts";
import { isForeign, type Reach, safePath } from "../programs.ts";
import { gitEnvironment } from "./git.ts";
import { indexFacts } from "./index-file.ts";
import { readRepository } from "./layout.ts";
import { nestedRepositories } from "./nested.ts";
import type { GitLayout } from "./repository.ts";
import { type GitSetting, gitUser, repositorySettings } from "./settings.ts";

/** Settings of fixed names that name programs, or that let one start. */
const SWITCHED_OFF: readonly (readonly [string, string])[] = [
  ["core.fsmonitor", "false"],
  ["core.hooksPath", "/dev/null"],
  // A format that is named in the configuration may ask for signatures.
  ["log.showSignature", "false"],
  ["gpg.program", "false"],
  ["gpg.openpgp.program", "false"],
  ["gpg.x509.program", "false"],
  ["gpg.ssh.program", "false"],
  // git would be started in directories that no index names.
  ["diff.submodule", "short"],
  ["status.submoduleSummary", "false"],
];

/** No index is written, nothing is fetched (a partial clone would, with the command that its config names). */
const VARIABLES = { GIT_OPTIONAL_LOCKS: "0", GIT_NO_LAZY_FETCH: "1", GIT_ALLOW_PROTOCOL: "none" };

/** A content filter or a merge driver, which a name of the repository's own stands for. */
const BY_NAME = /^(filter|merge)\.(.*)\.(?:clean|smudge|process|required|driver)$/s;
/** What an empty value does not switch off: git would start the empty program, and end. */
const STARTS = /^(?:diff\.external|diff\..*\.(?:textconv|command)|hook\..*\.command|alias\.whatchanged)$/s;
/** Included files whose place only git knows. */
const ELSEWHERE = /^(?:~[^/]|%\()/;

/** Nesting of submodules that is followed: no path has more parts. */
const ALL = 4096;

/**
 * The environment of a command that is known to only read: programs come from no place that commands may write, and git
 * starts none that a repository names.
 * @param workspace absolute; the only place where git is known to only read
 */
export function readingEnvironment(
  env: Record<string, string>,
  workspace: string,
  reach: Reach,
): Record<string, string> {
  const settings = [...SWITCHED_OFF, ...settingsOf(workspace, env, reach).flatMap(switchedOff)];
  const PATH = env.PATH === undefined ? {} : { PATH: safePath(env.PATH, reach) };
  return { ...env, ...PATH, ...gitEnvironment(env, settings), ...VARIABLES };
}

/**
 * What of the repositories of a workspace would make a git that only reads start a program, although it was told not to, as a
 * clause; null: nothing.
 */
export function startedByReading(
  workspace: string,
  env: Readonly<Record<string, string | undefined>>,
  reach: Reach,
): string | null {
  const unread = layoutsOf(workspace).find(({ git_dir }) => !isKnown(git_dir));
  if (unread)
    return `${join(unread.git_dir, "index")} cannot be read, which names the repositories that git looks into`;
  const setting = settingsOf(workspace, env, reach).find(starts);
  return setting === undefined ? null : `the repository's configuration names a program (${setting.name})`;
}

function starts({ name, value }: GitSetting): boolean {
  return (STARTS.test(name) && value !== "") || (/^include(?:if\..*)?\.path$/s.test(name) && ELSEWHERE.test(value));
}

function switchedOff({ name }: GitSetting): [string, string][] {
  const [, section, own] = BY_NAME.exec(name) ?? [];
  if (section === undefined) return [];
  if (section === "merge") return [[`merge.${own}.driver`, "false"]];
  const empty = ["clean", "smudge", "process"].map((key): [string, string] => [`filter.${own}.${key}`, ""]);
  return [...empty, [`filter.${own}.required`, "false"]];
}

function isKnown(git_dir: string): boolean {
  return kindOf(join(git_dir, "index")) === null || indexFacts(git_dir) !== null;
}

function layoutsOf(workspace: string): GitLayout[] {
  const layout = readRepository(workspace);
  return layout === null ? [] : [layout, ...nestedRepositories(layout, ALL)];
}

function settingsOf(workspace: string, env: Readonly<Record<string, string | undefined>>, reach: Reach): GitSetting[] {
  return repositorySettings(layoutsOf(workspace), gitUser(env.HOME ?? "/", env), (file) => isForeign(file, reach));
}
