import { type Check, type Finding, mutating, type Row, unknown } from "../finding.ts";
import { mayBeOption, type Word } from "../shell/word.ts";
import { anything } from "./checks.ts";

const UNARY = new Set("-a -b -c -d -e -f -g -h -k -n -p -r -s -t -u -w -x -z -G -L -N -O -S".split(" "));
const STRINGS = new Set(["=", "==", "!=", "-nt", "-ot", "-ef"]);
const NUMBERS = new Set(["-eq", "-ne", "-lt", "-le", "-gt", "-ge"]);

/**
 * `test`, `[` and `[[`: chains of `!`, one-operand and two-operand tests. Operators must be typed out: -v and -R, and in `[[`
 * the comparison of numbers, evaluate subscripts and with them substitutions.
 */
function condition(args: Word[], arithmetic: boolean): Finding | null {
  let rest = args;
  while (rest.length > 0) {
    const [first, second, third] = rest;
    const op = second?.text ?? "";
    if (first?.text === "!") rest = rest.slice(1);
    else if (
      !arithmetic &&
      (first?.many || second?.many || (third?.many && STRINGS.has(op)) || (third?.many && NUMBERS.has(op)))
    )
      return unknown("an unquoted value may bring operators of its own");
    else if (third !== undefined && (STRINGS.has(op) || op === "=~")) rest = rest.slice(3);
    else if (third !== undefined && NUMBERS.has(op)) {
      const plain = [first, third].every((word) => /^-?\d+$/.test(word?.text ?? ""));
      if (arithmetic && !plain) return unknown("`[[` evaluates what it compares as numbers");
      rest = rest.slice(3);
    } else if (second !== undefined && UNARY.has(first?.text ?? "")) rest = rest.slice(2);
    else return unknown("a test with operators that are not known");
    if (rest.length > 0) {
      if (!["&&", "||", "-a", "-o"].includes(rest[0]?.text ?? "") && first?.text !== "!")
        return unknown("a test of an unusual shape");
      if (first?.text !== "!") rest = rest.slice(1);
    }
  }
  return null;
}

const bracket =
  (close: string, arithmetic: boolean): Check =>
  (args) =>
    args.at(-1)?.text === close ? condition(args.slice(0, -1), arithmetic) : unknown(`\`${close}\` is missing`);

const OPTIONS = /^[-+](?:[euxfEv]+|[eux]*o)$/;

/** Names that a script may set: plain lower-case ones that mean nothing to a shell or a program, and some usual upper-case ones. */
export function isHarmlessName(name: string): boolean {
  if (
    /^(?:path|fpath|cdpath|manpath|mailpath|module_path|fignore|prompt|psvar|watch|histchars|argv|status|signals|.*_proxy)$/.test(
      name,
    )
  )
    return false;
  return (
    /^[a-z_][a-z0-9_]*$/.test(name) ||
    /^(?:[A-Z]|[A-Z]\d|DIR|FILE|FILES|NAME|COUNT|TOTAL|ROOT|BASE|TARGET|SRC|RESULT|BRANCH|COMMIT|SHA|LINE|LINES_|KEY|VALUE|PATTERN|EXT|NUM|IDX|START|END)$/.test(
      name,
    )
  );
}

const namesOnly: Check = (args) => {
  const other = args.find((word) => word.text === null || (!isHarmlessName(word.text) && !/^-[rs]+$/.test(word.text)));
  return other === undefined ? null : unknown(`\`${other.raw}\` may be a variable that programs obey`);
};

/** Builtins of shells that only steer the script they stand in. */
export const SHELL: readonly Row[] = [
  {
    programs: ["cd"],
    note: "Changes the directory of the script. git is then judged as unknown, unless it is the directory that moat works in.",
    check: anything,
    match: ["cd src", "cd .. && ls"],
    not_match: ["cd /tmp/x && git status", "cd $(rm a)"],
  },
  {
    programs: ["exit", "return", "break", "continue", "wait", "shift"],
    note: "End or steer the script.",
    check: anything,
    match: ["exit 1", "ls || exit"],
    not_match: ["exit $(rm a)"],
  },
  {
    programs: ["for"],
    note: "Names the values of a loop; the commands in it are judged on their own.",
    check: ([name]) =>
      name !== undefined && isHarmlessName(name.raw) ? null : unknown("its variable may be one that programs obey"),
    match: ["for f in a b; do cat $f; done"],
    not_match: ["for PATH in a; do ls; done", "for f in a; do rm $f; done", "for f in $(rm a); do ls; done"],
  },
  {
    programs: ["read"],
    note: "Reads a line into variables with plain names.",
    check: namesOnly,
    match: ["while read -r line; do echo $line; done"],
    not_match: ["read PATH", "read -u 3 x", "while read f; do rm $f; done", "read 'a[0]'"],
  },
  {
    programs: ["set"],
    note: "Only the options e, u, x, f, v and pipefail.",
    check: (args) =>
      args.every((w) => OPTIONS.test(w.text ?? "") || w.text === "pipefail")
        ? null
        : unknown("it may change how the script is read"),
    match: ["set -euo pipefail", "set -e; ls", "set +x"],
    not_match: ["set -- $x", "set -o history"],
  },
  {
    programs: ["printf"],
    note: "Prints by a format that is typed out, without `-v` and `%n`, which set variables.",
    check: ([format]) => {
      if (format === undefined || mayBeOption(format)) return unknown("it may set a variable");
      return format.text !== null && !format.text.includes("%n") ? null : unknown("its format is not known");
    },
    match: ["printf '%s\\n' \"$x\"", "printf hello"],
    not_match: ["printf -v 'a[$(x)]' y", 'printf "$f" x', "printf %n x"],
  },
  {
    programs: ["test"],
    note: "Tests files, strings and numbers. Operators must be typed out, and not be `-v` or `-R`.",
    check: (args) => condition(args, false),
    match: ["test -f a && cat a", 'test "$x" = y'],
    not_match: ["test -v x", "test $a $b", 'test "$a" "$b"'],
  },
  {
    programs: ["["],
    note: "The same.",
    check: bracket("]", false),
    match: ["[ -f a ] && cat a", '[ ! -d "$x" ]', '[ "$n" -gt 3 ]'],
    not_match: ["[ $n -gt 3 ]", "[ -f $x ]", "[ -v a ]", "[ $x ]", "[ -f a ] && rm a"],
  },
  {
    programs: ["[["],
    note: "The same; numbers are compared only when they are typed out. Not under sh.",
    check: bracket("]]", true),
    match: ["[[ -f a && $x == b* ]] && cat a", "[[ ! -z $x ]]"],
    not_match: ["[[ $x -eq 1 ]]", "[[ -v a ]]", "[[ -f a ]] && rm a"],
  },
];

/** Shown when the script sets a variable by itself that programs obey. */
export function checkAssignment(name: string, beforeCommand: boolean, value: Word): Finding | null {
  if (!beforeCommand) return isHarmlessName(name) ? null : unknown(`it sets \`${name}\`, which programs may obey`);
  const quiet =
    /^(?:LC_[A-Z]+|LANG|LANGUAGE|TZ|NO_COLOR|CLICOLOR|FORCE_COLOR|COLUMNS|LINES|CI|GIT_OPTIONAL_LOCKS|RUST_BACKTRACE)$/.test(
      name,
    );
  const pager = /^(?:GIT_|MAN)?PAGER$/.test(name) && (value.text === "cat" || value.text === "");
  if (name === "IFS") return null;
  return (quiet && value.text !== null) || pager ? null : mutatingEnvironment(name);
}

function mutatingEnvironment(name: string): Finding {
  return /^(?:PATH|LD_|DYLD_|BASH_ENV|ENV$)/.test(name)
    ? mutating(`\`${name}\` decides which code runs`)
    : unknown(`the program may obey \`${name}\``);
}
