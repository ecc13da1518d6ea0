import { type Check, unknown } from "../finding.ts";
import { mayBeOption } from "../shell/word.ts";

/** What lets an awk program run commands, load code or open files by name. */
const REACHES_OUT = /system|getline|@|\bclose\b|\bfflush\b|\\\n/;
/** Before a slash: what starts a regular expression, beside the start of the program. */
const BEFORE_REGEX = /[({},;!~&|\n]$/;
/** Behind these words a slash starts an expression; behind other words it divides. */
const KEYWORD = /\b(?:print|printf|return|in|else|do|case)$/;

/**
 * True when an awk program cannot write or run anything: no `system` or `getline` anywhere in its text, no single `|` and no
 * `>` that redirects a print. Strings and regular expressions are skipped; where it is not clear whether a slash divides or
 * starts an expression, the answer is false.
 */
export function isHarmlessAwkProgram(program: string): boolean {
  if (REACHES_OUT.test(program)) return false;
  const bare = withoutLiterals(program);
  if (bare === null) return false;
  if (/\|/.test(bare.replaceAll("||", ""))) return false;
  return comparesOnly(bare);
}

/** The program with strings and regular expressions emptied, or null when that is not clear. */
function withoutLiterals(program: string): string | null {
  let bare = "";
  let pos = 0;
  while (pos < program.length) {
    const c = program[pos] ?? "";
    const rest = program.slice(pos);
    const literal = c === '"' ? /^"(?:[^"\\\n]|\\.)*"/.exec(rest) : c === "#" ? /^#[^\n]*/.exec(rest) : null;
    if (c === '"' && literal === null) return null;
    if (literal !== null) {
      bare += c === '"' ? '""' : "";
      pos += literal[0].length;
    } else if (c === "/") {
      const before = bare.trimEnd();
      // A bracket in an expression may hold a slash, where awks disagree on the end.
      const regex = /^\/(?:[^/\\\n[\]]|\\.)*\//.exec(rest);
      const starts = before === "" || BEFORE_REGEX.test(before);
      if (starts && regex === null) return null;
      if (!starts && (!/[\w"]$/.test(before) || KEYWORD.test(before))) return null;
      bare += starts ? '""' : "/";
      pos += starts ? (regex?.[0].length ?? 1) : 1;
    } else {
      bare += c;
      pos++;
    }
  }
  return bare;
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

/** Judges awk: `-F`, `-v` and a harmless program given as an argument. */
export const awk: Check = (args) => {
  for (let i = 0; i < args.length; i++) {
    const word = args[i];
    if (word === undefined) break;
    if (word.text === "-F" || word.text === "-v") {
      i++;
      if (args[i]?.many !== false) return unknown(`the value of \`${word.text}\` is not known`);
    } else if (word.text === "--") continue;
    else if (mayBeOption(word)) {
      if (word.many || !/^-[Fv]./.test(word.prefix)) return unknown(`\`${word.raw}\` is not known to only read`);
    } else if (word.text === null) return unknown("its program is not known");
    else return isHarmlessAwkProgram(word.text) ? null : unknown("its program may write files or run commands");
  }
  return unknown("it has no program");
};
