import { type Check, unknown } from "../finding.ts";
import type { Word } from "../shell/word.ts";
import type { OptionUsage } from "../usage.ts";
import { readOption } from "./usage.ts";

/** What lets an awk program run commands, load code or open files by name, outside of strings and expressions. */
const REACHES_OUT = /system|getline|close|fflush|[@\\]/;
/** Behind these a slash starts a regular expression in every awk: an operand must follow. */
const BEFORE_REGEX = /(?:^|[({},;!~?:=\n]|&&|\|\|)$/;
/**
 * Behind these it divides in every awk: a field or a count, a number, an element of an array. Behind other words, which may be
 * keywords or functions that need no parentheses, awks disagree.
 */
const BEFORE_DIVISION = /(?:\$(?:\d+|NF)|\]|(?:^|[^\w$.])(?:\d+(?:\.\d+)?|NR|NF|FNR))$/;
/** No slash in brackets, where awks disagree on the end, and no bracket that some take for its first character. */
const MEMBER = String.raw`\[:[a-z]+:\]|\\[a-z]|[^\]\\\n[/]`;
const BRACKETS = String.raw`\[\^?(?!\^)(?:${MEMBER})+\]`;
const REGEX = new RegExp(String.raw`\/(?:[^/\\\n[]|\\.|${BRACKETS})*\/`, "y");
const STRING = /"(?:[^"\\\n]|\\.)*"/y;
const COMMENT = /#[^\n]*/y;

/** Longer programs are not read: nobody types them, and each slash looks at what stands before it. */
const MAX_LENGTH = 10_000;

/**
 * True when an awk program cannot write or run anything: no word that does, no single `|` and no `>` that redirects a print.
 * Strings and regular expressions are skipped; where it is not certain whether a slash divides or starts one, the answer is
 * false.
 */
export function isHarmlessAwkProgram(program: string): boolean {
  if (program.length > MAX_LENGTH || program.includes("\\\n")) return false;
  const bare = withoutLiterals(program);
  if (bare === null || REACHES_OUT.test(bare)) return false;
  return !bare.replaceAll("||", "").includes("|") && comparesOnly(bare);
}

/** The program with strings and regular expressions emptied, or null when that is not certain. */
function withoutLiterals(program: string): string | null {
  let bare = "";
  for (let pos = 0; pos < program.length; ) {
    const c = program[pos] ?? "";
    const kind = c === "/" ? slash(bare) : c === '"' ? STRING : c === "#" ? COMMENT : null;
    if (kind === "unclear") return null;
    if (kind === null || kind === "divides") {
      bare += c;
      pos++;
      continue;
    }
    kind.lastIndex = pos;
    const literal = kind.exec(program)?.[0];
    if (literal === undefined) return null;
    bare += c === "#" ? "" : '""';
    pos += literal.length;
  }
  return bare;
}

/** What a slash means behind a part of a program. */
function slash(bare: string): RegExp | "divides" | "unclear" {
  const before = bare.replace(/[ \t]+$/, "");
  if (BEFORE_REGEX.test(before)) return REGEX;
  if (BEFORE_DIVISION.test(before)) return "divides";
  // What the program sets is a variable of its own: for anything else that would be an error.
  const name = /(?:^|[^\w$.])([A-Za-z_]\w*)$/.exec(before)?.[1];
  const isSet = name !== undefined && new RegExp(`\\b${name} *(?:[-+*]?=(?!=)|\\+\\+|--)`).test(bare);
  return isSet ? "divides" : "unclear";
}

/** `>` compares in a pattern and between parentheses; elsewhere in an action it may redirect a print. */
function comparesOnly(bare: string): boolean {
  let braces = 0;
  let parens = 0;
  for (const [i, c] of [...bare].entries()) {
    if (c === "{") braces++;
    if (c === "}") braces--;
    if (c === "(") parens++;
    if (c === ")") parens--;
    if (c === ">" && bare[i + 1] !== "=" && braces > 0 && parens === 0) return false;
    if (braces < 0 || parens < 0) return false;
  }
  return true;
}

const OPTIONS: OptionUsage = { values: "Fv" };

/** Judges awk: `-F`, `-v` and a harmless program given as an argument. No awk looks for options behind its program. */
export const awk: Check = (args) => {
  let at = 0;
  for (let word = args[at]; word !== undefined && !word.plain && word.text !== "--"; word = args[at]) {
    const option = readOption(args, at, OPTIONS);
    if (option === null) return unknown(`\`${word.raw}\` is not known to only read`);
    at = option.next;
  }
  if (args[at]?.text === "--") at++;
  const [program, ...files] = args.slice(at);
  if (program === undefined) return unknown("it has no program");
  if (program.text === null) return unknown("its program is not known");
  if (!isHarmlessAwkProgram(program.text)) return unknown("its program may write files or run commands");
  const other = files.find(mayConnect);
  return other === undefined
    ? null
    : unknown(`\`${other.raw}\` may be a connection: awk opens them for names below /inet`);
};

function mayConnect({ text, prefix }: Word): boolean {
  return prefix.startsWith("/inet") || (text === null && "/inet".startsWith(prefix));
}
