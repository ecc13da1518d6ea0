import { type Check, type Finding, mutating, unknown } from "../finding.ts";
import { mayBeOption, type Word } from "../shell/word.ts";

/** A list of words, written as a line. */
export function words(line: string): string[] {
  return line.split(" ");
}

/** Every use of the program only reads. */
export const anything: Check = () => null;

/** Options that a program must not get, and how many operands it may have. */
export interface Limits {
  /** Letters of short options: refused also inside a cluster (`-no`), and behind a value that may be one. */
  short?: string;
  /** Long options: refused also abbreviated (`--out`) and with a value. */
  long?: readonly string[];
  /** What the refused options do. */
  why: string;
  /** Highest number of operands; more of them would be written to. */
  operands?: number;
  /** Options whose value is the next word: it is no operand. */
  values?: readonly string[];
}

/** Words behind `--`, and words that are certainly no options, count as operands. */
export function without(limits: Limits): Check {
  return (args) => {
    let operands = 0;
    for (const [index, word] of args.entries()) {
      if (word.text === "--") {
        operands += args.length - index - 1;
        break;
      }
      const found = checkOption(word, limits);
      if (found !== null) return found;
      const isValue = limits.values?.includes(args[index - 1]?.text ?? "") === true && !word.many;
      if (!isValue && (!mayBeOption(word) || word.text === "-")) operands += word.many ? Number.POSITIVE_INFINITY : 1;
    }
    if (limits.operands !== undefined && operands > limits.operands)
      return mutating("its last operand would be written to");
    return null;
  };
}

function checkOption(word: Word, limits: Limits): Finding | null {
  if (!mayBeOption(word)) return null;
  if (word.text === null && !isLongWithValue(word)) {
    return unknown(`\`${word.raw}\` may turn out to be an option that ${limits.why}`);
  }
  const text = word.prefix;
  const refused = text.startsWith("--") ? hasLong(text, limits.long ?? []) : hasShort(text, limits.short ?? "");
  return refused ? mutating(`\`${word.raw}\` ${limits.why}`) : null;
}

/** `--name=$value` as one word: the name is known and that is what counts. */
function isLongWithValue(word: Word): boolean {
  return !word.many && /^--[a-z][a-z-]*=/.test(word.prefix);
}

function hasLong(text: string, long: readonly string[]): boolean {
  const name = text.split("=", 1)[0] ?? text;
  return long.some((option) => option.startsWith(name) && name.length > 2);
}

function hasShort(text: string, short: string): boolean {
  return [...text.slice(1)].some((letter) => short.includes(letter));
}

/** Only these words, in any order and number; everything else is not known. */
export function only(allowed: readonly string[]): Check {
  return (args) => {
    const other = args.find((word) => word.text === null || !allowed.includes(word.text));
    return other === undefined ? null : unknown(`\`${other.raw}\` is not among the uses that are known to only read`);
  };
}

/** Only options out of the list (a trailing `=` allows any value behind it, `-n#` a number), and any operands. */
export function onlyOptions(allowed: readonly string[]): Check {
  return (args) => {
    const end = args.findIndex((word) => word.text === "--");
    const before = end === -1 ? args : args.slice(0, end);
    const other = before.find((word) => mayBeOption(word) && !isAllowed(word, allowed));
    return other === undefined
      ? null
      : unknown(`\`${other.raw}\` is not among the options that are known to only read`);
  };
}

function isAllowed(word: Word, allowed: readonly string[]): boolean {
  return allowed.some((option) => {
    if (option.endsWith("=")) return !word.many && word.prefix.startsWith(option);
    if (option.endsWith("#"))
      return word.text?.startsWith(option.slice(0, -1)) === true && /^-+[a-zA-Z]?\d*$/.test(word.text);
    return word.text === option;
  });
}
