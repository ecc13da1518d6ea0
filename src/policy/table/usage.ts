import { type Finding, unknown } from "../finding.ts";
import { mayBeOption, type Word } from "../shell/word.ts";
import type { OptionUsage } from "../usage.ts";

/** An option that was read. */
export interface ReadOption {
  /** `--name`, `-x`, or a whole cluster `-xyz`. */
  name: string;
  has_value: boolean;
  /** null: it has none, or it is known only at run time. */
  value: string | null;
  /** The index behind it. */
  next: number;
}

/** The arguments of a program, taken apart by its list. */
export interface Read {
  options: ReadOption[];
  /** What is no option and no value. */
  operands: Word[];
  /** The first word that may be an option and is not listed, behind which nothing was read. */
  other: Word | null;
  /** The first operand and all words behind it. */
  tail: readonly Word[];
}

export function readUsage(args: readonly Word[], usage: OptionUsage): Read {
  const read: Read = { options: [], operands: [], other: null, tail: [] };
  let first = args.length;
  for (let i = 0; i < args.length; ) {
    const word = args[i];
    if (word === undefined) break;
    if (word.text === "--") {
      first = Math.min(first, i + 1);
      read.operands.push(...args.slice(i + 1));
      break;
    }
    if (word.text === "-" || !mayBeOption(word)) {
      first = Math.min(first, i);
      read.operands.push(word);
      i++;
      continue;
    }
    const option = readOption(args, i, usage);
    if (option === null) return { ...read, other: word };
    read.options.push(option);
    i = option.next;
  }
  return { ...read, tail: args.slice(first) };
}

/** Judges the arguments of a program by its list of options. null: only listed options, and not too many operands. */
export function judgeUsage(args: readonly Word[], usage: OptionUsage): Finding | null {
  const { other, tail } = readUsage(args, usage);
  if (other !== null) {
    const what = other.text === null ? "may turn out to be an option that is not" : "is not among the options that are";
    return unknown(`\`${other.raw}\` ${what} known to only read`);
  }
  const { operands } = usage;
  const fit = operands === undefined || (tail.length <= operands && !tail.some((word) => word.many));
  return fit ? null : unknown("it would write to what stands behind its first operand");
}

/** Reads the option at an index; null when it is not listed, or its value may be more or less than one word. */
export function readOption(args: readonly Word[], at: number, usage: OptionUsage): ReadOption | null {
  const word = args[at];
  if (word === undefined) return null;
  const { text, prefix } = word;
  if (text !== null && isListed(text, usage)) return { name: text, has_value: false, value: null, next: at + 1 };
  // What `--include=*` turns into begins with `--include=`, however many words that are.
  if (prefix.startsWith("--")) return readLong(args, at, usage);
  return word.many ? null : readShort(args, at, usage);
}

function isListed(text: string, usage: OptionUsage): boolean {
  return (usage.numbers === true && /^-\d+$/.test(text)) || holds(usage.words, text);
}

/** True when a list of words that is written as one line holds this one. */
function holds(list: string | undefined, word: string): boolean {
  return list !== undefined && !word.includes(" ") && ` ${list} `.includes(` ${word} `);
}

function readLong(args: readonly Word[], at: number, { long }: OptionUsage): ReadOption | null {
  const { text, prefix } = args[at] ?? { text: null, prefix: "" };
  const equals = prefix.indexOf("=");
  const name = equals === -1 ? prefix : prefix.slice(0, equals);
  if (equals !== -1) {
    const listed = holds(long, `${name}=`) || holds(long, `${name}[=]`);
    return listed ? { name, has_value: true, value: text?.slice(equals + 1) ?? null, next: at + 1 } : null;
  }
  if (text === null) return null;
  if (holds(long, text) || holds(long, `${text}[=]`)) return { name, has_value: false, value: null, next: at + 1 };
  return holds(long, `${text}=`) ? withNext(args, at, name) : null;
}

function readShort(args: readonly Word[], at: number, usage: OptionUsage): ReadOption | null {
  const { flags = "", values = "", next = "", optional = "" } = usage;
  const { text, prefix } = args[at] ?? { text: null, prefix: "" };
  for (let i = 1; i < prefix.length; i++) {
    const letter = prefix[i] ?? "";
    const value = text?.slice(i + 1) ?? null;
    const option = { name: `-${letter}`, has_value: true, value, next: at + 1 };
    if (optional.includes(letter)) return option;
    if (next.includes(letter)) return value === "" ? withNext(args, at, option.name) : null;
    if (values.includes(letter)) {
      if (value === "") return withNext(args, at, option.name);
      // An empty value would make the next word its value.
      return value === null && prefix.length === i + 1 ? null : option;
    }
    if (!flags.includes(letter)) return null;
  }
  return text === null || text === "-" ? null : { name: text, has_value: false, value: null, next: at + 1 };
}

/** The value is the next word. One that may be an option is not taken for a value: a parser that knows less would obey it. */
function withNext(args: readonly Word[], at: number, name: string): ReadOption | null {
  const value = args[at + 1];
  if (value === undefined || value.many || mayBeOption(value)) return null;
  return { name, has_value: true, value: value.text, next: at + 2 };
}
