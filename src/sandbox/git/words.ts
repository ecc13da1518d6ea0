// Which words of a git command keep git to itself: nothing else is started that could write the repository.
import { STRATEGIES } from "./instructions.ts";

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
export const PLAIN_OPTIONS = new Set([
  "--no-pager",
  "-P",
  "--literal-pathspecs",
  "--no-optional-locks",
  "--no-replace-objects",
]);

/** Editors that only take what is there, and the stream editor with one plain substitution, as todo lists are edited with. */
const SED =
  /^sed -i(?:\.\w+)?(?: -e)? (?:'(?:\d+(?:,(?:\d+|\$))?)?s\/\^?[\w ]*\/[\w ]*\/g?'|"(?:\d+(?:,\d+)?)?s\/\^?[\w ]*\/[\w ]*\/g?"|(?:\d+(?:,\d+)?)?s\/\^?\w*\/\w*\/g?)$/;
/** The programs that editors of these forms are. */
export const EDITORS = ["true", "cat", "sed"];
const isEditor = (value: string) => /^(?::|true|cat|\/(?:usr\/)?bin\/(?:true|cat))$/.test(value) || SED.test(value);

/** Variables that may be set for one git command, and the values that keep git to itself. */
const VARIABLES: [name: RegExp, fits: (value: string) => boolean][] = [
  [/^GIT_(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL|DATE)$/, () => true],
  [/^(?:GIT_(?:SEQUENCE_)?EDITOR|EDITOR|VISUAL)$/, isEditor],
  [/^(?:GIT_)?PAGER$/, (value) => value === "" || value === "cat"],
  [/^GIT_(?:MERGE_AUTOEDIT|TERMINAL_PROMPT|OPTIONAL_LOCKS)$/, (value) => /^\w*$/.test(value)],
  [/^(?:LANG|LC_[A-Z]+)$/, (value) => /^[\w.@-]*$/.test(value)],
];

/** True for `NAME=value` that may stand before a git command. */
export function isPlainVariable(word: string): boolean {
  const [, name = "", value = ""] = /^([A-Z_]+)=(.*)$/s.exec(word) ?? [];
  return VARIABLES.some(([pattern, fits]) => pattern.test(name) && fits(value));
}

/** Settings for `-c` that name no program and no file, by name in lower case. */
const SETTINGS = new RegExp(
  `^(?:${[
    "(?:user|author|committer)\\.(?:name|email)|(?:color|advice|status|i18n|column)\\..*|init\\.defaultbranch",
    "core\\.(?:quotepath|autocrlf|safecrlf|eol|abbrev|whitespace|commentchar|filemode|ignorecase|precomposeunicode|compression)",
    "commit\\.(?:gpgsign|cleanup|status|verbose)|tag\\.(?:gpgsign|sort)|branch\\.sort|versionsort\\..*|rerere\\..*",
    "merge\\.(?:conflictstyle|ff|stat|renames|renamelimit|autostash|log)|pull\\.(?:rebase|ff)|push\\.default|fetch\\.prune",
    "rebase\\.(?:autosquash|autostash|updaterefs|stat|missingcommitscheck)|stash\\..*|apply\\.whitespace|submodule\\.recurse",
    "diff\\.(?:renames|renamelimit|noprefix|mnemonicprefix|algorithm|context|submodule|indentheuristic|wserrorhighlight)",
    "log\\.(?:date|decorate|follow|abbrevcommit)|format\\.pretty|gc\\.auto|maintenance\\.auto",
  ].join("|")})$`,
);
const EDITOR_SETTINGS = new Set(["core.editor", "sequence.editor"]);

/** True for the `NAME=value` of a `-c` that keeps git to itself. */
export function isPlainSetting(setting: string): boolean {
  const [, name = "", value = "true"] = /^([^=]*)(?:=(.*))?$/s.exec(setting) ?? [];
  const key = name.toLowerCase();
  if (SETTINGS.test(key)) return true;
  if (EDITOR_SETTINGS.has(key)) return isEditor(value);
  if (key === "core.pager") return value === "" || value === "cat";
  return (key === "core.fsmonitor" && value === "false") || (key === "core.hookspath" && value === "/dev/null");
}

/** Options that name a program or a file to write; git takes any beginning of them that is not another option. */
const LONG = ["--exec", "--upload-pack", "--receive-pack", "--open-files-in-pager", "--output"];
/** The same with one dash, by command; options without a value may stand before them in one word. */
const SHORT: Record<string, RegExp> = { rebase: /^-[iqvnfkrpm]*x/, grep: /^-[a-zA-Z0-9]*O/ };
const WITH_STRATEGY = new Set(["merge", "rebase", "pull"]);
/** A shell puts names of files in its place, which may look like options. */
const LEADING_GLOB = /^[*?[]/;
const PLAIN_GLOBS = new Set([
  "add",
  "rm",
  "checkout",
  "restore",
  "reset",
  "stash",
  "mv",
  "commit",
  "ls-files",
  "check-ignore",
]);

/** Options of `git submodule update` that neither name a program nor change what is followed. */
const UPDATE_OPTION = /^(?:--(?:init|recursive|quiet|force|checkout|no-fetch|progress|jobs=\d+|depth=\d+)|-[qfN])$/;

/**
 * What a git command does: it reads, it writes the repository, or it checks out the submodules of one. null for what is not
 * known to keep git to itself.
 */
export function gitCommand(name: string, args: readonly string[]): "reads" | "writes" | "checks out submodules" | null {
  if (name === "submodule") return isSubmoduleUpdate(args) ? "checks out submodules" : null;
  const kind = READS.has(name) ? "reads" : WRITES.has(name) ? "writes" : null;
  if (kind === null || (name === "bisect" && args[0] === "run")) return null;
  const end = args.indexOf("--");
  const options = end < 0 ? args : args.slice(0, end);
  const starts = options.some((arg, index) => startsProgram(name, arg, options[index + 1]));
  return starts ? null : kind;
}

function isSubmoduleUpdate([subcommand, ...args]: readonly string[]): boolean {
  return (
    subcommand === "update" && args.every((arg) => UPDATE_OPTION.test(arg) || arg === "--" || /^[^-*?[]/.test(arg))
  );
}

function startsProgram(name: string, arg: string, next: string | undefined): boolean {
  if (LEADING_GLOB.test(arg)) return !PLAIN_GLOBS.has(name);
  if (arg.startsWith("--")) {
    const [option = "", value = next] = splitOption(arg);
    if ("--strategy".startsWith(option) && option.length > 3) return !STRATEGIES.has(value ?? "");
    return LONG.some((long) => long.startsWith(option));
  }
  if (SHORT[name]?.test(arg)) return true;
  const strategy = WITH_STRATEGY.has(name) ? /^-[niqvfepk]*s(.*)$/.exec(arg) : null;
  return strategy !== null && !STRATEGIES.has(strategy[1] || (next ?? ""));
}

function splitOption(arg: string): [string, string?] {
  const at = arg.indexOf("=");
  return at < 0 ? [arg] : [arg.slice(0, at), arg.slice(at + 1)];
}
