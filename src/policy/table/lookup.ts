import { type CommandSurroundings, type Finding, isSame, mutating, onlyReads, type Row, unknown } from "../finding.ts";
import type { Word } from "../shell/word.ts";
import { awk } from "./awk.ts";
import { find } from "./find.ts";
import { GIT_STATE } from "./git.ts";
import { GIT_HISTORY } from "./git-history.ts";
import { knownEffect, knownGitEffect } from "./mutating.ts";
import { READERS } from "./readers.ts";
import { sed } from "./sed.ts";
import { SHELL } from "./shell.ts";
import { SYSTEM } from "./system.ts";
import { judgeUsage } from "./usage.ts";

const LANGUAGES: readonly Row[] = [
  {
    programs: ["find"],
    note: "Finds files. Without what deletes or writes; what `-exec` runs is judged as a command of its own.",
    usage: "checked",
    check: find,
    match: [
      "find . -name '*.ts' -type f",
      "find src -mtime -7 -print0",
      "find . -exec grep -l foo {} +",
      "find . \\( -name a -o -name b \\) -prune",
    ],
    not_match: [
      "find . -delete",
      "find . -exec rm {} \\;",
      "find . -fprint a",
      "find . -fls a",
      "find . -ok rm {} \\;",
      "find . -execdir ./x \\;",
      "find $x -name a",
      "find . -exec sh -c 'rm $1' _ {} \\;",
      "find . -fprintf a %p",
      "find . -execdir sort {} \\;",
      "find . -exec uniq {} +",
    ],
  },
  {
    programs: ["sed"],
    note: "Edits what it prints. Not in place (`-i`), no script file (`-f`), and no script with `w`, `r`, `e` or text that is not known.",
    usage: "checked",
    check: sed,
    match: [
      "sed -n 1,20p a",
      "sed -n '/foo/,/bar/p' a",
      "sed 's/a/b/g'",
      "sed -E 's#^x/(.*)#\\1#'",
      "sed -n '$p' a",
      "sed -e 1d -e '$d' a",
    ],
    not_match: [
      "sed -i s/a/b/ a",
      "sed -n 'w x' a",
      "sed 's/a/b/w x' a",
      "sed 's/a/b/e' a",
      "sed -n '1e rm x' a",
      "sed -f x a",
      "sed -ni p a",
      'sed "$x" a',
      "sed --in-place s/a/b/ a",
      "sed 's/[/]/;s/w x/y/' a",
    ],
  },
  {
    programs: ["awk", "gawk", "mawk", "nawk"],
    note: "Prints what its program says. No program that could write, run a command or load code, and none from a file.",
    usage: "checked",
    check: awk,
    match: [
      "awk '{print $1}' a",
      "awk -F: '$3 > 100 {print $1}' /etc/passwd",
      "awk 'NR>=10 && NR<=20' a",
      "awk '/foo|bar/ {n++} END {print n/2}' a",
    ],
    not_match: [
      "awk 'BEGIN{system(\"x\")}'",
      "awk '{print > \"x\"}' a",
      "awk '{print | \"sh\"}' a",
      "awk -f x a",
      "awk '{\"x\" | getline}' a",
      'awk "$p" a',
      "awk '@load \"x\"'",
      'awk \'{print /"/ > "f" /"/}\' a',
      "awk 1 /inet/tcp/0/example.com/80",
      'awk \'/[^]a/"]/{system("x")}#"\' a',
    ],
  },
];

/** Every row that judges a program by its name. Git's rows are keyed by subcommand and stand apart. */
export const ROWS: readonly Row[] = [...READERS, ...LANGUAGES, ...SYSTEM, ...SHELL];
export const GIT_ROWS: readonly Row[] = [...GIT_STATE, ...GIT_HISTORY];

function index(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.flatMap((row) => row.programs.map((name) => [name, row] as const)));
}

const BY_NAME = index(ROWS);
const BY_SUBCOMMAND = index(GIT_ROWS);

/** Judges a program by the table. `args` are the words behind its name. */
export function judgeProgram(name: string, args: Word[], around: CommandSurroundings): Finding {
  if (name.includes(" ")) return unknown(`\`${name}\` is not the name of a program`);
  if (name === "git") return judgeGit(args, around);
  const twoWords = BY_NAME.get(`${name} ${args[0]?.text ?? ""}`);
  if (twoWords !== undefined) return judgeRow(twoWords, `${name} ${args[0]?.text ?? ""}`, args.slice(1), around);
  const row = BY_NAME.get(name);
  if (row !== undefined) return judgeRow(row, name, args, around);
  const effect = knownEffect(name);
  return effect === null ? unknown(`\`${name}\` is not known to only read`) : mutating(`\`${name}\` ${effect}`);
}

/** Builtins of shells know no `--version`; these programs either tell it or refuse. */
const TELLS_VERSION = new Set([...READERS, ...LANGUAGES, ...SYSTEM.filter((row) => row.usage !== "checked")]);

function judgeRow(row: Row, name: string, args: Word[], around: CommandSurroundings): Finding {
  if (args.length === 1 && args[0]?.text === "--version" && TELLS_VERSION.has(row)) {
    return onlyReads(`\`${name} --version\` only reads`);
  }
  const listed = typeof row.usage === "string" ? null : judgeUsage(args, row.usage);
  const found = listed ?? row.check?.(args, around) ?? null;
  return found === null ? onlyReads(`\`${name}\` only reads`) : { ...found, reason: `\`${name}\`: ${found.reason}` };
}

/** Settings that change how git prints and nothing else. */
const SETTING =
  /^(?:color\.[a-z.]+=(?:auto|never|always|false|true)|core\.(?:pager=cat|quotepath=(?:off|on|true|false))|log\.showSignature=false)$/i;
const PLAIN_OPTIONS = new Set([
  "--no-pager",
  "-P",
  "--no-optional-locks",
  "--literal-pathspecs",
  "--no-replace-objects",
]);

function judgeGit(args: Word[], around: CommandSurroundings): Finding {
  let i = 0;
  let { moved } = around;
  while (i < args.length && args[i]?.prefix.startsWith("-")) {
    const text = args[i]?.text ?? "";
    const value = args[i + 1]?.text ?? "";
    if (text === "--version" && args.length === i + 1) return onlyReads("`git --version` only reads");
    const setting = text === "-c" && SETTING.test(value);
    const home = text === "-C" && isSame(value, around.workspace);
    if (!PLAIN_OPTIONS.has(text) && !setting && !home)
      return unknown(`\`git ${args[i]?.raw ?? ""}\` may make git run what it finds there`);
    if (home) moved = false;
    i += setting || home ? 2 : 1;
  }
  const name = args[i]?.text;
  if (name === null || name === undefined || name.includes(" ")) return unknown("its subcommand is not known");
  const rest = args.slice(i + 1);
  const both = `${name} ${rest[0]?.text ?? ""}`;
  const twoWords = BY_SUBCOMMAND.get(both);
  const row = twoWords ?? BY_SUBCOMMAND.get(name);
  const effect = knownGitEffect(name);
  if (row === undefined) {
    return effect === null
      ? unknown(`\`git ${name}\` is not known to only read`)
      : mutating(`\`git ${name}\` ${effect}`);
  }
  const found =
    twoWords === undefined
      ? judgeRow(row, `git ${name}`, rest, around)
      : judgeRow(row, `git ${both}`, rest.slice(1), around);
  if (found.verdict !== "safe") return effect === null ? found : mutating(found.reason);
  if (moved) return unknown("git obeys the settings of the repository it is in, and the script changes the directory");
  const started = around.started();
  return started === null ? found : unknown(started);
}
