import { type Check, mutating, unknown } from "../finding.ts";
import { mayBeOption, type Word } from "../shell/word.ts";

const FLAGS = new Set([
  "-n",
  "-E",
  "-r",
  "-s",
  "-u",
  "-z",
  "-nE",
  "-En",
  "-nr",
  "-rn",
  "--quiet",
  "--silent",
  "--regexp-extended",
  "--posix",
  "--debug",
]);
const WITH_SCRIPT = /^(?:-n?[Er]?e|--expression)$/;
const IN_PLACE = /^-[a-zA-Z]*[iI]|^--i/;

/**
 * Brackets, in a pattern between these separators. No separator in them, because seds disagree whether it ends the pattern, nor
 * what some take for the end of the brackets and others for a part of them.
 */
function brackets(separator: string): string {
  const member = String.raw`\[(?!${separator}):[a-z]+:\]|\\[a-z]|(?!${separator})[^\]\\\n[]`;
  return String.raw`\[\^?(?!\^)(?:${member})+\]`;
}

/** A pattern between slashes. */
const PATTERN = String.raw`\/(?:[^/\\\n[]|${brackets("/")}|\\.)*\/I?`;
/** A line number, `$` or a pattern, perhaps with `,` and a second one behind it. */
const ADDRESS = new RegExp(String.raw`(?:\d+(?:~\d+)?|\$|${PATTERN})(?: *, *[+~]?(?:\d+|\$|${PATTERN}))? *!? *`, "y");
/** Commands without arguments. Not here: e (runs), w and W (write), r and R (read a file that the script names). */
const PLAIN = /[pPdDqQ=lgGhHxnN{}]/y;
/** `s` and `y`, with a separator that is plain; flags without e and w. */
const SUBSTITUTE = new RegExp(
  String.raw`[sy]([/|#,:@!%_])(?:(?!\1)[^\\\n[]|${brackets("\\1")}|\\.)*\1(?:(?!\1)[^\\\n]|\\.)*\1[gpiI0-9]*`,
  "y",
);

/** True when every command of a sed script is known to only change what is printed. */
export function isHarmlessSedScript(script: string): boolean {
  let pos = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = pos;
    const m = pattern.exec(script);
    if (m === null || m[0] === "") return false;
    pos += m[0].length;
    return true;
  };
  while (pos < script.length) {
    if (take(/[ \t\n;]+/y)) continue;
    take(ADDRESS);
    if (!take(SUBSTITUTE) && !take(PLAIN)) return false;
    if (pos < script.length && !/[ \t\n;}]/.test(script[pos] ?? "") && script[pos - 1] !== "{") return false;
  }
  return true;
}

function checkScript(word: Word | undefined): ReturnType<Check> {
  if (word === undefined || word.text === null) return unknown("its script is not known");
  if (isHarmlessSedScript(word.text)) return null;
  return unknown(`the script \`${word.text}\` has commands that may write files or run programs`);
}

/** Judges sed: never in place, never a script from a file, and only scripts whose every command is known. */
export const sed: Check = (args) => {
  let scripts = 0;
  for (let i = 0; i < args.length; i++) {
    const word = args[i];
    if (word === undefined) break;
    const text = word.text;
    if (mayBeOption(word) && text === null) return unknown(`\`${word.raw}\` may turn out to be an option that writes`);
    if (text !== null && IN_PLACE.test(text)) return mutating(`\`${text}\` changes the file in place`);
    if (text !== null && FLAGS.has(text)) continue;
    const withScript = text !== null && WITH_SCRIPT.test(text);
    if (!withScript && mayBeOption(word) && text !== "-") return unknown(`\`${word.raw}\` is not known to only read`);
    if (withScript || scripts === 0) {
      const found = checkScript(withScript ? args[++i] : word);
      if (found !== null) return found;
      scripts++;
    }
  }
  return scripts > 0 ? null : unknown("it has no script");
};
