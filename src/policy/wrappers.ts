import { type Finding, unknown } from "./finding.ts";
import { anyWords, type Word } from "./shell/word.ts";
import { checkAssignment } from "./table/shell.ts";

/** What a wrapper would run: the words of the inner command, or why that is not known. An empty list: it runs nothing. */
export type Unwrapped = { inner: Word[]; finding: Finding | null } | null;

/** Options of a wrapper, each with how many words follow it. A pattern that holds its value takes none. */
interface Wrapper {
  options: readonly { pattern: RegExp; values: number }[];
  /** Words between the options and the command. */
  operands: number;
}

const NUMBER = String.raw`\d+(?:\.\d+)?[smhd]?`;
const WRAPPERS: Record<string, Wrapper> = {
  nice: {
    options: [
      { pattern: /^-n$|^--adjustment$/, values: 1 },
      { pattern: /^-n?-?\d+$|^--adjustment=-?\d+$/, values: 0 },
    ],
    operands: 0,
  },
  timeout: {
    options: [
      { pattern: /^-[ks]$|^--(?:kill-after|signal)$/, values: 1 },
      {
        pattern: new RegExp(
          `^-k${NUMBER}$|^-s\\w+$|^--(?:kill-after=${NUMBER}|signal=\\w+|preserve-status|foreground|verbose)$|^-v$`,
        ),
        values: 0,
      },
    ],
    operands: 1,
  },
  time: { options: [{ pattern: /^-p$/, values: 0 }], operands: 0 },
  stdbuf: {
    options: [
      { pattern: /^-[ioe]$/, values: 1 },
      { pattern: /^-[ioe][0L]$/, values: 0 },
    ],
    operands: 0,
  },
  ionice: {
    options: [
      { pattern: /^-[cn]$/, values: 1 },
      { pattern: /^-[cn]\d$|^-t$/, values: 0 },
    ],
    operands: 0,
  },
  command: { options: [{ pattern: /^-p$/, values: 0 }], operands: 0 },
  builtin: { options: [], operands: 0 },
  exec: { options: [], operands: 0 },
  nohup: { options: [], operands: 0 },
};

/** Takes a program that runs another one apart; null when it is none, or is used in a way that runs nothing. */
export function unwrap(name: string, args: Word[]): Unwrapped {
  if (name === "env") return unwrapEnv(args);
  if (name === "xargs") return unwrapXargs(args);
  if (name === "command" && /^-[vV]+$/.test(args[0]?.text ?? "")) return null;
  const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
  if (wrapper === undefined) return null;
  const start = skipOptions(args, wrapper.options);
  if (start === null) return refused(name, args);
  const inner = args.slice(start + wrapper.operands);
  const operandsKnown = args
    .slice(start, start + wrapper.operands)
    .every((word) => word.text !== null && /^[\w.]+$/.test(word.text));
  if (!operandsKnown || inner.length === 0) return refused(name, inner);
  const finding = name === "nohup" ? unknown("`nohup` writes nohup.out where there is a terminal") : null;
  return { inner, finding };
}

function refused(name: string, inner: Word[]): Unwrapped {
  return { inner, finding: unknown(`\`${name}\` is used in a way that is not known`) };
}

/** The index of the first word that is no option, or null when an option is not known. */
function skipOptions(args: Word[], options: Wrapper["options"]): number | null {
  let i = 0;
  while (i < args.length) {
    const word = args[i];
    if (word === undefined || (word.text === null && !word.prefix.startsWith("-"))) break;
    if (word.text === "--") return i + 1;
    if (!word.prefix.startsWith("-") || word.text === "-") break;
    const option = options.find((o) => word.text !== null && o.pattern.test(word.text));
    if (option === undefined || args.slice(i + 1, i + 1 + option.values).some((value) => value.many)) return null;
    i += 1 + option.values;
  }
  return i;
}

function unwrapEnv(args: Word[]): Unwrapped {
  const start = skipOptions(args, [
    { pattern: /^(?:-i|-0|--null|--ignore-environment|--unset=\w+)$/, values: 0 },
    { pattern: /^-u$/, values: 1 },
  ]);
  if (start === null) return refused("env", args);
  let i = start;
  let finding: Finding | null = null;
  for (; i < args.length; i++) {
    const word = args[i];
    const name = /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(word?.prefix ?? "")?.[1];
    if (word === undefined || name === undefined) break;
    const value = word.text === null ? word : { ...word, text: word.text.slice(name.length + 1) };
    finding ??= word.many ? unknown(`\`${word.raw}\` is not known`) : checkAssignment(name, "env", value);
  }
  return { inner: args.slice(i), finding };
}

const XARGS = [
  { pattern: /^-[nPLIds]$|^--(?:max-args|max-procs|max-lines|replace|delimiter|max-chars)$/, values: 1 },
  {
    pattern:
      /^-[0rtx]+$|^-[nPLs]\d+$|^-[Id].+$|^--(?:null|no-run-if-empty|verbose|exit|(?:max-args|max-procs|max-lines|max-chars)=\d+|(?:replace|delimiter)=.+)$/,
    values: 0,
  },
];

/** xargs adds words that are not known: at the end, or where the replacement string stands. */
function unwrapXargs(args: Word[]): Unwrapped {
  const start = skipOptions(args, XARGS);
  if (start === null) return refused("xargs", args);
  const options = args.slice(0, start);
  const inner = args.slice(start);
  if (inner.length === 0) return { inner, finding: null };
  const mark = replacement(options);
  if (mark === undefined) return { inner: [...inner, anyWords("…")], finding: null };
  return { inner: inner.map((word) => fill(word, mark)), finding: null };
}

function replacement(options: Word[]): string | undefined {
  for (const [i, word] of options.entries()) {
    const text = word.text ?? "";
    if (text === "-I" || text === "--replace") return options[i + 1]?.text ?? "{}";
    const glued = /^(?:-I|--replace=)(.+)$/.exec(text)?.[1];
    if (glued !== undefined) return glued;
  }
  return undefined;
}

function fill(word: Word, mark: string): Word {
  const at = word.prefix.indexOf(mark);
  if (at === -1 && word.text !== null) return word;
  const prefix = at === -1 ? word.prefix : word.prefix.slice(0, at);
  return { ...word, text: null, prefix, plain: at === -1 ? word.plain : prefix !== "" && !prefix.startsWith("-") };
}
