// git's configuration, read by hand: no git is run, because the configuration decides what git runs. Format: git-config(1).
import { dirname, isAbsolute, join, resolve } from "node:path";
import { kindOf } from "../paths.ts";
import type { GitLayout } from "./repository.ts";
import { readGitFile } from "./small-file.ts";

/** `section[.subsection].key` with section and key in lower case, and the value without quotes. */
export interface GitSetting {
  name: string;
  value: string;
}

/** What files say, and the files that they include. */
interface GitConfiguration {
  /** Absolute paths of included files, whether they exist or not. Each condition of an `includeIf` counts as met. */
  included: string[];
  settings: GitSetting[];
}

/** The system's files, as git is built on Linux and by package managers. */
const SYSTEM = ["/etc/gitconfig", "/usr/local/etc/gitconfig", "/opt/homebrew/etc/gitconfig"];

/** git itself stops there. */
const MAX_DEPTH = 10;

/** Whose git it is: where the user's configuration lies. */
export interface GitUser {
  /** Home directory. */
  home: string;
  /** Files that the environment names. Absolute. */
  named: readonly string[];
}

/** The user that git would be run by, outside. */
export function gitUser(home: string, env: Readonly<Record<string, string | undefined>>): GitUser {
  const { GIT_CONFIG_GLOBAL, GIT_CONFIG_SYSTEM, XDG_CONFIG_HOME } = env;
  const files = [GIT_CONFIG_GLOBAL, GIT_CONFIG_SYSTEM, XDG_CONFIG_HOME && join(XDG_CONFIG_HOME, "git", "config")];
  return { home, named: files.filter((file) => file !== undefined && isAbsolute(file)) as string[] };
}

/** The settings of files, and of all that they include. */
function readFiles(files: readonly string[], home: string): GitConfiguration {
  const found: GitConfiguration = { included: [], settings: [] };
  const read = new Set<string>();
  for (const file of files) addFile(file, home, 0, read, found);
  return found;
}

function addFile(file: string, home: string, depth: number, read: Set<string>, found: GitConfiguration): void {
  if (depth > MAX_DEPTH || read.has(file)) return;
  read.add(file);
  if (depth > 0) found.included.push(file);
  for (const setting of parseGitConfig(readGitFile(file))) {
    found.settings.push(setting);
    if (!/^include(?:if\..*)?\.path$/s.test(setting.name) || setting.value === "") continue;
    for (const path of readings(setting.value)) {
      addFile(place(path, dirname(file), home), home, depth + 1, read, found);
    }
  }
}

/** A value as every git reads it: before 2.45, a tab between words was a blank. */
function readings(value: string): string[] {
  return [...new Set([value, value.replaceAll("\t", " ")])];
}

function place(path: string, base: string, home: string): string {
  if (path.startsWith("~/")) return join(home, path.slice(2));
  return isAbsolute(path) ? resolve(path) : resolve(base, path);
}

/** Settings whose words are executed by git, or by a shell for it. */
const PROGRAMS = new RegExp(
  `^(?:${[
    "core\\.(?:fsmonitor|sshcommand|editor|pager|askpass|gitproxy|alternaterefscommand)",
    "(?:sequence\\.editor|diff\\.external|interactive\\.difffilter|uploadpack\\.packobjectshook)",
    "(?:filter\\..*\\.(?:clean|smudge|process)|diff\\..*\\.(?:textconv|command)|merge\\..*\\.driver)",
    "(?:mergetool|difftool|browser|man|trailer|guitool)\\..*\\.(?:cmd|command|path)",
    "(?:alias|pager)\\..*|(?:credential|credential\\..*)\\.helper|(?:gpg|gpg\\..*)\\.program",
    "remote\\..*\\.(?:uploadpack|receivepack)|hook\\..*\\.command|submodule\\..*\\.update",
  ].join("|")})$`,
  "s",
);

/**
 * Places that a later git takes programs or settings from because the configuration of a repository, of its user or of the system
 * names them: included files, every `core.hooksPath`, and the files of the work tree that stand in settings which name programs.
 */
export function configuredPlaces(layouts: readonly GitLayout[], { home, named }: GitUser): string[] {
  const shared = readFiles(sharedFiles({ home, named }), home);
  const places = layouts.flatMap((layout) => {
    const own = readFiles(ownFiles(layout), home);
    return [...own.included, ...namedBySettings([...shared.settings, ...own.settings], layout.work_tree, home)];
  });
  return [...named, ...shared.included, ...places];
}

/**
 * What repositories say themselves, with all that their files include; and what the files of the user say that lie where commands
 * could have put them.
 */
export function repositorySettings(
  layouts: readonly GitLayout[],
  user: GitUser,
  isForeign: (file: string) => boolean,
): GitSetting[] {
  const shared = sharedFiles(user).map((file) => ({ file, ...readFiles([file], user.home) }));
  const foreign = shared.filter(({ file, included }) => [file, ...included].some(isForeign));
  const own = layouts.map((layout) => readFiles(ownFiles(layout), user.home));
  return [...foreign, ...own].flatMap(({ settings }) => settings);
}

/** All settings that count in a repository, the strongest last; outside of one, the user's. */
export function allSettings(layout: GitLayout | null, user: GitUser): GitSetting[] {
  return readFiles([...sharedFiles(user), ...(layout ? ownFiles(layout) : [])], user.home).settings;
}

const sharedFiles = ({ home, named }: GitUser) => [
  ...SYSTEM,
  join(home, ".gitconfig"),
  join(home, ".config", "git", "config"),
  ...named,
];

const ownFiles = ({ common_dir, git_dir }: GitLayout) => [
  join(common_dir, "config"),
  join(common_dir, "config.worktree"),
  join(git_dir, "config.worktree"),
];

/**
 * Every file that git's configuration may lead git to: its own files, those that it includes, the user's lists of what to ignore, and
 * each value of a setting, taken for a path. `layout`: null outside a repository. Most of them do not exist.
 */
export function namedFiles(layout: GitLayout | null, { home, named }: GitUser): string[] {
  const config = [home, join(home, ".config", "git")].flatMap((place) =>
    [".gitconfig", "config", "ignore", "attributes"].map((name) => join(place, name)),
  );
  const own = layout ? [join(layout.common_dir, "config"), join(layout.git_dir, "config.worktree")] : [];
  const files = [...SYSTEM, ...config, ...named, ...own];
  const { included, settings } = readFiles(files, home);
  const values = settings.filter(({ value }) => value !== "" && !value.includes("\0"));
  return [...files, ...included, ...values.map(({ value }) => place(value, layout?.work_tree ?? home, home))];
}

/** A path, or behind a program the name of a script: it counts although nothing is there yet. Other words that name nothing are words. */
const PATH = /^(?:\.{1,2}\/|\.git\/|~\/)./;
const SCRIPT = /\.(?:sh|bash|py|js|mjs|rb|pl)$/;

function namedBySettings(settings: readonly GitSetting[], work_tree: string, home: string): string[] {
  const at = (path: string) => place(path, work_tree, home);
  const counts = (word: string, index: number) =>
    PATH.test(word) || (index > 0 && SCRIPT.test(word)) || kindOf(at(word)) === "file";
  const hooks = settings.filter(({ name, value }) => name === "core.hookspath" && value !== "");
  const programs = settings.filter(({ name }) => PROGRAMS.test(name));
  const words = programs.flatMap(({ value }) => wordsOf(value).filter(counts));
  return [...hooks.flatMap(({ value }) => readings(value)), ...words].map(at);
}

/** The words of a shell line, roughly: what is too many names no file. */
function wordsOf(line: string): string[] {
  return line.split(/[\s;|&()<>"'`=!]+/).filter(Boolean);
}

/** The last value of a setting; null when it is not set. */
export function lastValue(settings: readonly GitSetting[], name: string): string | null {
  return settings.findLast((setting) => setting.name === name)?.value ?? null;
}

const BLANK = /[ \t\r\n]+|[#;][^\n]*/y;
const HEADER = /\[[ \t]*([A-Za-z0-9.-]+)(?:[ \t]+"((?:[^"\\\n]|\\.)*)")?[ \t]*\]/y;
const KEY = /([A-Za-z][A-Za-z0-9-]*)[ \t]*(=?)/y;
const LINE = /[^\n]*/y;

/** The settings of a file, in order. A line that is none gives a setting without a name: git would refuse the file. */
export function parseGitConfig(text: string): GitSetting[] {
  const settings: GitSetting[] = [];
  let section = "";
  let at = text.startsWith("\ufeff") ? 1 : 0;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at += match[0].length;
    return match;
  };
  while (at < text.length) {
    if (take(BLANK)) continue;
    const header = take(HEADER);
    const key = header ? null : take(KEY);
    if (header) section = sectionName(header[1] ?? "", header[2]);
    else if (key) {
      const read = key[2] === "=" ? readValue(text, at) : { value: "true", end: at };
      at = read.end;
      settings.push({ name: `${section}.${(key[1] ?? "").toLowerCase()}`, value: read.value });
    } else settings.push({ name: "", value: take(LINE)?.[0] ?? "" });
  }
  return settings;
}

function sectionName(name: string, subsection: string | undefined): string {
  return subsection === undefined ? name.toLowerCase() : `${name.toLowerCase()}.${subsection.replace(/\\(.)/g, "$1")}`;
}

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", b: "\b" };

/** A value: quotes, escapes and continued lines resolved, without the comment behind it. */
function readValue(text: string, start: number): { value: string; end: number } {
  let value = "";
  let kept = 0;
  let quoted = false;
  let at = start;
  for (; at < text.length; at++) {
    const char = text[at] ?? "";
    if (char === "\n") break;
    if (!quoted && (char === "#" || char === ";")) {
      const line_end = text.indexOf("\n", at);
      at = line_end < 0 ? text.length : line_end;
      break;
    }
    if (char === '"') {
      quoted = !quoted;
      kept = value.length;
    } else if (char === "\\") {
      const escaped = text[at + 1] === "\r" && text[at + 2] === "\n" ? text[++at + 1] : text[at + 1];
      at++;
      if (escaped !== "\n") value += ESCAPES[escaped ?? ""] ?? escaped ?? "";
      if (escaped !== "\n") kept = value.length;
    } else {
      const blank = /[ \t\r]/.test(char);
      if (!blank || quoted || value !== "") value += char;
      if (!blank || quoted) kept = value.length;
    }
  }
  return { value: value.slice(0, kept), end: at };
}
