import { type Finding, unknown } from "./finding.ts";
import { anyWords, type Word } from "./shell/word.ts";
import { checkAssignment } from "./table/shell.ts";
import { type ReadOption, readOption } from "./table/usage.ts";
import type { OptionUsage } from "./usage.ts";

/**
 * What a wrapper would run: the words of the inner command, or why that is not known. An empty list: it runs nothing. `unclear`: the
 * inner command stands somewhere among the words.
 */
export type Unwrapped = { inner: Word[]; finding: Finding | null; unclear?: true } | null;

/** Other programs that run what stands somewhere among their words: a rule that asks or forbids may be about that. */
export const RUNS_OTHERS: ReadonlySet<string> = new Set(
  (
    "su pkexec runuser setpriv chroot unshare nsenter setsid flock parallel watch script strace ltrace systemd-run taskset chrt " +
    "prlimit busybox toybox eval"
  ).split(" "),
);

/** The long options of sudo with and without a value, as its manual has them; `--edit` and `--list` run nothing that is named. */
const SUDO_LONG =
  "--askpass --background --bell --set-home --login --shell --non-interactive --no-update --stdin --reset-timestamp " +
  "--remove-timestamp --preserve-groups --validate --preserve-env[=] --close-from= --chdir= --group= --host= --prompt= " +
  "--chroot= --role= --command-timeout= --type= --other-user= --user=";

/** A program that runs the command that stands behind its options and operands. */
export interface Wrapper {
  usage: OptionUsage;
  /** What the values of its options look like, by the name of the option. */
  values?: Record<string, RegExp>;
  /** The one operand before the command, when it has one. */
  operand?: RegExp;
}

const DURATION = /^\d+(?:\.\d+)?[smhd]?$/;
const WHOLE = /^\d+$/;
const BUFFER = /^(?:0|L|\d+[KMG]?)$/;
const ANY = /./s;

/**
 * Only options that each implementation reads in the same way; what takes a value behind `=` only is marked so. None that
 * takes variables out of the environment: git is safe because of some that are in it.
 */
export const WRAPPERS: Record<string, Wrapper> = {
  env: { usage: {} },
  // Not here: -i, -e, -l, -a, -E and -J, which differ.
  xargs: {
    usage: {
      flags: "0rtx",
      values: "nLPsId",
      long: "--null --no-run-if-empty --verbose --exit --max-args= --max-procs= --max-chars= --max-lines[=] --replace[=] --delimiter=",
    },
    values: {
      ...{ "-n": WHOLE, "-L": WHOLE, "-P": WHOLE, "-s": WHOLE, "-I": ANY, "-d": ANY },
      ...{ "--max-args": WHOLE, "--max-procs": WHOLE, "--max-chars": WHOLE, "--max-lines": WHOLE },
      ...{ "--replace": ANY, "--delimiter": ANY },
    },
  },
  nice: {
    usage: { values: "n", numbers: true, long: "--adjustment=" },
    values: { "-n": /^-?\d+$/, "--adjustment": /^-?\d+$/ },
  },
  timeout: {
    usage: { flags: "v", values: "ks", long: "--preserve-status --foreground --verbose --kill-after= --signal=" },
    values: { "-k": DURATION, "--kill-after": DURATION, "-s": /^[A-Z\d]+$/, "--signal": /^[A-Z\d]+$/ },
    operand: DURATION,
  },
  time: { usage: { flags: "p" } },
  stdbuf: {
    usage: { values: "ioe", long: "--input= --output= --error=" },
    values: { "-i": BUFFER, "-o": BUFFER, "-e": BUFFER, "--input": BUFFER, "--output": BUFFER, "--error": BUFFER },
  },
  ionice: { usage: { flags: "t", values: "cn" }, values: { "-c": /^\d$/, "-n": /^\d$/ } },
  command: { usage: { flags: "p" } },
  builtin: { usage: {} },
  exec: { usage: {} },
  nohup: { usage: {} },
};

/** Wrappers that run what they are given with other rights, which is never just reading. */
const AS_OTHERS: Record<string, Wrapper> = {
  sudo: {
    usage: { flags: "ABbEHKkNnPSsiv", values: "CDghpRrTtUu", long: SUDO_LONG },
    values: anyValues(
      [..."CDghpRrTtUu"].map((letter) => `-${letter}`),
      SUDO_LONG,
    ),
  },
  doas: { usage: { flags: "nsL", values: "aCu" }, values: anyValues(["-a", "-C", "-u"], "") },
};

/** Options whose value says nothing about where the command stands. */
function anyValues(short: readonly string[], long: string): Record<string, RegExp> {
  const names = [...short, ...long.split(" ").map((name) => name.replace(/\[?=\]?$/, ""))];
  return Object.fromEntries(names.map((name) => [name, ANY]));
}

/** Words that only the reader of scripts puts at the start of a command: as programs they are something else. */
const KEYWORDS = new Set(["for", "[["]);

/** Takes a program that runs another one apart; null when it is none, or is used in a way that runs nothing. */
export function unwrap(name: string, args: Word[]): Unwrapped {
  if (name === "command" && /^-[vV]+$/.test(args[0]?.text ?? "")) return null;
  const others = Object.hasOwn(AS_OTHERS, name);
  const wrapper = others ? AS_OTHERS[name] : Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
  if (wrapper === undefined) return null;
  const opened = open(wrapper, args);
  if (opened === null || KEYWORDS.has(opened.inner[0]?.text ?? "")) return refused(name, args);
  const { options, inner } = opened;
  if (name === "env") return unwrapEnv(inner);
  if (name === "xargs") return unwrapXargs(options, inner);
  if (others)
    return {
      inner: unwrapEnv(inner)?.inner ?? inner,
      finding: unknown(`\`${name}\` runs what it is given as somebody else`),
    };
  if (inner.length === 0) return refused(name, []);
  return { inner, finding: name === "nohup" ? unknown("`nohup` writes nohup.out where there is a terminal") : null };
}

function refused(name: string, inner: Word[]): Unwrapped {
  return { inner, finding: unknown(`\`${name}\` is used in a way that is not known`), unclear: true };
}

/** The options of a wrapper and the command behind them; null when they are not known for sure. */
function open({ usage, values = {}, operand }: Wrapper, args: Word[]): { options: ReadOption[]; inner: Word[] } | null {
  const options: ReadOption[] = [];
  let at = 0;
  for (let word = args[at]; word !== undefined && !word.plain && word.text !== "--"; word = args[at]) {
    const option = readOption(args, at, usage);
    if (option === null) return null;
    if (option.has_value && values[option.name]?.test(option.value ?? "") !== true) return null;
    options.push(option);
    at = option.next;
  }
  if (args[at]?.text === "--") at++;
  if (operand === undefined) return { options, inner: args.slice(at) };
  return operand.test(args[at]?.text ?? "") ? { options, inner: args.slice(at + 1) } : null;
}

function unwrapEnv(words: Word[]): Unwrapped {
  let finding: Finding | null = null;
  let i = 0;
  for (; i < words.length; i++) {
    const word = words[i];
    const name = /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(word?.prefix ?? "")?.[1];
    if (word === undefined || name === undefined) break;
    const value = word.text === null ? word : { ...word, text: word.text.slice(name.length + 1) };
    finding ??= word.many ? unknown(`\`${word.raw}\` is not known`) : checkAssignment(name, "env", value);
  }
  return { inner: words.slice(i), finding };
}

const COUNTS = /^(?:-[nL]|--max-(?:args|lines))$/;
const REPLACES = /^(?:-I|--replace)$/;

/** xargs adds words that are not known: where the replacement string stands, or at the end. */
function unwrapXargs(options: ReadOption[], inner: Word[]): Unwrapped {
  if (inner.length === 0) return { inner, finding: null };
  const marks = options.filter(({ name }) => REPLACES.test(name));
  const [mark] = marks;
  if (mark === undefined) return { inner: [...inner, anyWords("…")], finding: null };
  // Which of two counts, and whether a number of words cancels the replacement, differs.
  if (marks.length > 1) return refused("xargs", inner);
  const filled = inner.map((word) => fill(word, mark.value ?? "{}"));
  const cancelled = options.some(({ name }) => COUNTS.test(name));
  return { inner: cancelled ? [...filled, anyWords("…")] : filled, finding: null };
}

function fill(word: Word, mark: string): Word {
  const at = word.prefix.indexOf(mark);
  if (at === -1 && word.text !== null) return word;
  const prefix = at === -1 ? word.prefix : word.prefix.slice(0, at);
  return { ...word, text: null, prefix, plain: at === -1 ? word.plain : prefix !== "" && !prefix.startsWith("-") };
}
