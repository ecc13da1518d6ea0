import { type Check, type Finding, mutating, type Row, unknown } from "../finding.ts";
import { mayBeOption, type Word } from "../shell/word.ts";
import { judgeCondition } from "./condition.ts";

const bracket =
  (close: string, double: boolean): Check =>
  (args, { shell }) =>
    args.at(-1)?.text === close
      ? judgeCondition(args.slice(0, -1), { double, shell })
      : unknown(`\`${close}\` is missing`);

const OPTIONS = /^[-+](?:[euxfEv]+|[eux]*o)$/;

/** Lower-case names that shells give a meaning, settings of npm, and proxies. */
const SPECIAL = new RegExp(
  `^(?:${
    "_ path fpath cdpath manpath mailpath module_path fignore prompt psvar watch histchars argv status signals pipestatus " +
    "commands functions aliases galiases saliases options parameters builtins dirstack nameddirs userdirs modules keymaps " +
    "widgets history mapfile termcap terminfo"
  }|npm_.*|.*_proxy)$`.replaceAll(" ", "|"),
);
/** Upper-case names that scripts use and that no program in the tables obeys. */
const USUAL = new Set(
  "DIR FILE FILES NAME COUNT TOTAL ROOT BASE TARGET SRC RESULT BRANCH COMMIT SHA LINE KEY VALUE PATTERN EXT NUM IDX START END".split(
    " ",
  ),
);

/** Names that a script may set: they mean nothing to a shell or a program. */
export function isHarmlessName(name: string): boolean {
  if (SPECIAL.test(name)) return false;
  return /^[a-z_][a-z0-9_]*$|^[A-Z]\d?$/.test(name) || USUAL.has(name);
}

const namesOnly: Check = (args) => {
  const other = args.find((word) => word.text === null || (!isHarmlessName(word.text) && !/^-[rs]+$/.test(word.text)));
  return other === undefined ? null : unknown(`\`${other.raw}\` may be a variable that programs obey`);
};

const printf: Check = ([format, ...args]) => {
  if (format === undefined || mayBeOption(format)) return unknown("it may set a variable");
  if (format.text === null) return unknown("its format is not known");
  const rest = format.text.replace(/%[-+ #0]*\d*(?:\.\d+)?[sbqc%]/g, "");
  if (!rest.includes("%")) return null;
  const numbers = args.every((word) => /^[-+]?[\d.]+$/.test(word.text ?? ""));
  const known = !/%(?![-+ #0]*\d*(?:\.\d+)?[diouxXeEfFgGaA])/.test(rest);
  return numbers && known ? null : unknown("its numbers may be evaluated");
};

/** Builtins of shells that only steer the script they stand in. */
export const SHELL: readonly Row[] = [
  {
    programs: ["cd"],
    note: "Changes the directory of the script. git is then judged as unknown, unless it is the directory that moat works in.",
    usage: "any",
    match: ["cd src", "cd .. && ls"],
    not_match: ["cd /tmp/x && git status", "cd $(rm a)"],
  },
  {
    programs: ["exit", "return", "break", "continue", "wait", "shift"],
    note: "End or steer the script. With a number that is typed out, or `$?` and `$!`: zsh evaluates it.",
    usage: "checked",
    check: (args) => {
      const other = args.find((word) => !/^\d+$|^"?\$[?!]"?$/.test(word.text ?? word.raw));
      return other === undefined ? null : unknown(`\`${other.raw}\` may be evaluated`);
    },
    match: ["exit 1", "ls || exit", "ls; exit $?"],
    not_match: ["exit $(rm a)", "exit $x", "shift 'path[$(rm a)]'"],
  },
  {
    programs: ["for"],
    note: "Names the values of a loop; the commands in it are judged on their own.",
    usage: "checked",
    check: ([name]) =>
      name !== undefined && isHarmlessName(name.raw) ? null : unknown("its variable may be one that programs obey"),
    match: ["for f in a b; do cat $f; done"],
    not_match: ["for PATH in a; do ls; done", "for f in a; do rm $f; done", "for f in $(rm a); do ls; done"],
  },
  {
    programs: ["read"],
    note: "Reads a line into variables with plain names.",
    usage: "checked",
    check: namesOnly,
    match: ["while read -r line; do echo $line; done"],
    not_match: ["read PATH", "read -u 3 x", "while read f; do rm $f; done", "read 'a[0]'"],
  },
  {
    programs: ["set"],
    note: "Only the options e, u, x, f, v and pipefail.",
    usage: "checked",
    check: (args) =>
      args.every((w) => OPTIONS.test(w.text ?? "") || w.text === "pipefail")
        ? null
        : unknown("it may change how the script is read"),
    match: ["set -euo pipefail", "set -e; ls", "set +x"],
    not_match: ["set -- $x", "set -o history"],
  },
  {
    programs: ["printf"],
    note: "Prints by a format that is typed out. Without `-v`, `%n` and `*`; numbers must be typed out too: zsh evaluates them.",
    usage: "checked",
    check: printf,
    match: ["printf '%s\\n' \"$x\"", "printf hello", "printf '%3d%%\\n' 5"],
    not_match: [
      "printf -v 'a[$(x)]' y",
      'printf "$f" x',
      "printf %n x",
      "printf %d $x",
      "printf '%*d' 'path[$(rm a)]' 1",
      "printf %d 'path[$(rm a)]'",
      "printf %d PATH",
    ],
  },
  {
    programs: ["test"],
    note: "Tests files, strings and numbers. Operators must be typed out, and not be `-v` or `-R`.",
    usage: "checked",
    check: (args, { shell }) => judgeCondition(args, { double: false, shell }),
    match: ["test -f a && cat a", 'test "$x" = y'],
    not_match: ["test -v x", "test $a $b", 'test "$a" "$b"'],
  },
  {
    programs: ["["],
    note: "The same. Under `sh` numbers must be typed out: some shells of that name evaluate them.",
    usage: "checked",
    check: bracket("]", false),
    match: ["[ -f a ] && cat a", '[ ! -d "$x" ]', '[ "$n" -gt 3 ]'],
    not_match: ["[ $n -gt 3 ]", "[ -f $x ]", "[ -v a ]", "[ $x ]", "[ -f a ] && rm a", "sh -c '[ \"$n\" -gt 3 ]'"],
  },
  {
    programs: ["[["],
    note: "The same; numbers are compared only when they are typed out. Not under sh.",
    usage: "checked",
    check: bracket("]]", true),
    match: ["[[ -f a && $x == b* ]] && cat a", "[[ ! -z $x ]]"],
    not_match: ["[[ $x -eq 1 ]]", "[[ -v a ]]", "[[ -f a ]] && rm a"],
  },
];

/**
 * Variables that only say how programs print, with the values that do no more. In a character set that is not UTF-8 a byte of one
 * character may be a quote or a backslash for a program; the numbers are evaluated by shells.
 */
const QUIET: readonly [RegExp, RegExp][] = [
  [/^(?:LC_[A-Z]+|LANG)$/, /^(?:C|POSIX|(?:C|[a-z]{2,3}_[A-Z]{2})\.(?:UTF-8|utf8))?$/],
  [/^LANGUAGE$/, /^[\w:.@-]*$/],
  [/^TZ$/, /^[\w.:+/-]*$/],
  [/^(?:NO_COLOR|CLICOLOR|FORCE_COLOR|CI|GIT_OPTIONAL_LOCKS|RUST_BACKTRACE)$/, /^\w*$/],
  [/^(?:COLUMNS|LINES)$/, /^\d+$/],
  [/^(?:GIT_|MAN)?PAGER$/, /^(?:cat)?$/],
];

/** Judges `NAME=value`, alone or before `command`. */
export function checkAssignment(name: string, command: string | null, value: Word): Finding | null {
  if (command === null) return isHarmlessName(name) ? null : unknown(`it sets \`${name}\`, which programs may obey`);
  const quiet = QUIET.find(([names]) => names.test(name))?.[1];
  const harmless = value.text !== null && quiet?.test(value.text) === true;
  const splits = name === "IFS" && command === "read";
  return harmless || splits ? null : mutatingEnvironment(name);
}

function mutatingEnvironment(name: string): Finding {
  return /^(?:PATH|LD_|DYLD_|BASH_ENV|ENV$)/.test(name)
    ? mutating(`\`${name}\` decides which code runs`)
    : unknown(`the program may obey \`${name}\``);
}
