import { type Finding, unknown } from "../finding.ts";
import type { Shell, Word } from "../shell/word.ts";

const UNARY = new Set("-a -b -c -d -e -f -g -h -k -n -p -r -s -t -u -w -x -z -G -L -N -O -S".split(" "));
const STRINGS = new Set(["=", "==", "!=", "=~", "-nt", "-ot", "-ef"]);
const NUMBERS = new Set(["-eq", "-ne", "-lt", "-le", "-gt", "-ge"]);
const CONNECTORS = new Set(["&&", "||", "-a", "-o"]);

interface Where {
  /** It is `[[`, where words are not split. */
  double: boolean;
  shell: Shell | null;
}

/**
 * Judges what stands in `test`, `[` or `[[`: chains of one-operand and two-operand tests. Operators must be typed out: -v and
 * -R, and in `[[` the comparison of numbers, evaluate subscripts and with them substitutions; in some shells that are called
 * `sh` the comparison does so everywhere.
 */
export function judgeCondition(words: Word[], where: Where): Finding | null {
  let rest = words;
  while (rest.length > 0) {
    if (rest[0]?.text === "!") {
      rest = rest.slice(1);
      continue;
    }
    const length = lengthOfTest(rest);
    if (length === null) return unknown("a test with operators that are not known");
    const found = judgeTest(rest.slice(0, length), where);
    if (found !== null) return found;
    const connector = rest[length];
    if (connector !== undefined && !CONNECTORS.has(connector.text ?? "")) return unknown("a test of an unusual shape");
    rest = rest.slice(length + 1);
  }
  return null;
}

function lengthOfTest([first, second, third]: Word[]): number | null {
  const operator = second?.text ?? "";
  if (third !== undefined && (STRINGS.has(operator) || NUMBERS.has(operator))) return 3;
  return second !== undefined && UNARY.has(first?.text ?? "") ? 2 : null;
}

function judgeTest(test: Word[], { double, shell }: Where): Finding | null {
  const [first, second, third] = test;
  const isNumber = (word: Word | undefined) => /^-?\d+$/.test(word?.text ?? "");
  if (!double && test.some((word) => word.many)) return unknown("an unquoted value may bring operators of its own");
  if (first?.text === "-t" && test.length === 2 && !isNumber(second))
    return unknown("the number behind `-t` is evaluated");
  const compares = (double || shell === "sh") && NUMBERS.has(second?.text ?? "");
  return compares && !(isNumber(first) && isNumber(third))
    ? unknown("what is compared as a number may be evaluated")
    : null;
}
