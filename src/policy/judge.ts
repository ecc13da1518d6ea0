import { type Finding, isSame, mutating, onlyReads, unknown, type Verdict, worse } from "./finding.ts";
import { readScript } from "./shell/read-script.ts";
import { literal, type Redirect, type Shell, type SimpleCommand, type Word } from "./shell/word.ts";
import { judgeProgram } from "./table/lookup.ts";
import { checkAssignment } from "./table/shell.ts";
import { RUNS_OTHERS, unwrap } from "./wrappers.ts";

/** One command of a compound, with what it does. */
export interface JudgedSegment {
  /** The words as far as they are known. Empty for a redirection or an assignment that stands alone. */
  words: Word[];
  /** As it was typed. */
  command: string;
  verdict: Verdict;
  reason: string;
  /** Variables or redirections beside its words do more than read: no rule about the words covers that. */
  more_than_words: boolean;
  /** It does what its one inner command does and nothing else (`bash -c`, `env`, `timeout`, …). */
  transparent: boolean;
  /** The commands that it runs, when it is one that runs others (`bash -c`, `env`, `timeout`, `xargs`, `find -exec`, …). */
  inner: JudgedSegment[];
  /** The file that its name leads to, when that is one which commands can write or which came with the project. */
  foreign: string | null;
  /** The text of a script in it that could not be read for sure, or words among which stands what it runs. */
  unread: string | null;
}

/** What a whole command line does. The verdict is the worst of its segments, and `reason` is that segment's. */
export interface Judgement {
  verdict: Verdict;
  reason: string;
  segments: JudgedSegment[];
}

/** Where the command would run. */
export interface JudgeContext {
  /** Where the command would start. Absolute. */
  cwd: string;
  /** The directory that the user started moat in and trusts. git is judged safe nowhere else. Absolute. */
  workspace: string;
  /** Where a name leads that is not what it says: to a file that commands can write, or of the project. null: elsewhere. */
  foreign?(program: string): string | null;
  /** What would make a git that only reads start a program of the workspace's repositories, as a clause; null: nothing. */
  started?(): string | null;
}

interface State {
  workspace: string;
  /** The shell whose builtins a name means; null where a program is started. */
  shell: Shell | null;
  /** Why what a program's name stands for is no program of the system; null: it is one. */
  foreign(program: string): string | null;
  started(): string | null;
  /** It is, or may go, somewhere else: commands that obey the settings of a directory are no longer safe. */
  moved: boolean;
  depth: number;
}

/** Commands that run commands are taken apart this deep. */
const MAX_DEPTH = 8;

/**
 * Judges the words that would be executed. `bash`, `zsh` and `sh` with `-c` are read as scripts and each of their commands is
 * judged; programs that run others are judged by what they run. Whatever is not known for sure is not safe.
 */
export function judgeCommand(argv: readonly string[], context: JudgeContext): Judgement {
  const { cwd, workspace, foreign = () => null, started = () => null } = context;
  const state: State = { workspace, foreign, started, shell: null, moved: !isSame(cwd, workspace), depth: 0 };
  const words = argv.map(literal);
  let segments = judgeTop(words, state);
  // A loop may run an early command again after a late `cd`: once one was seen, it counts for all.
  if (state.moved && isSame(cwd, workspace)) segments = judgeTop(words, { ...state, depth: 0 });
  const worst = segments.reduce<Finding>(worse, onlyReads("it runs nothing"));
  const reason = worst.verdict === "safe" ? (segments[0]?.reason ?? worst.reason) : worst.reason;
  return { verdict: worst.verdict, reason, segments };
}

/** A script's commands are the segments; any other command is one. */
function judgeTop(words: Word[], state: State): JudgedSegment[] {
  const segment = judgeWords(words, state, words.map((word) => word.raw).join(" "));
  const isScript = segment.inner.length > 0 && shellScript(words) !== null;
  return isScript ? segment.inner : [segment];
}

function segmentOf(words: Word[], command: string, found: Finding, inner: JudgedSegment[] = []): JudgedSegment {
  return { words, command, ...found, more_than_words: false, transparent: false, inner, foreign: null, unread: null };
}

/** Directories whose programs are what their names say: the system's, and those of package managers. Elsewhere a file of the project could stand. */
const SYSTEM_DIRECTORIES =
  /^(?:\/(?:usr\/(?:local\/)?)?s?bin|\/opt\/homebrew\/s?bin|\/opt\/local\/s?bin|\/run\/current-system\/sw\/bin|\/nix\/store\/[a-z0-9]{32}-[^/]+\/bin)\/([^/]+)$/;

/** The name of a program: a plain word, or one in a system directory. null: it is a path to something else. */
export function programName(word: Word | undefined): string | null {
  const text = word?.text ?? null;
  if (text === null || text === "") return null;
  return text.includes("/") ? (SYSTEM_DIRECTORIES.exec(text)?.[1] ?? null) : text;
}

function judgeWords(words: Word[], state: State, command: string): JudgedSegment {
  const [first, ...args] = words;
  const name = programName(first);
  if (name === null) {
    const why =
      first === undefined || first.text === ""
        ? "there is no command"
        : first.text === null
          ? `\`${first.raw}\` is known only at run time`
          : `\`${first.text}\` is not a program of the system`;
    return segmentOf(words, command, unknown(why));
  }
  const file = state.foreign(first?.text ?? "");
  if (file !== null) {
    return {
      ...segmentOf(words, command, unknown(`\`${name}\` is ${file} here, which is no program of the system`)),
      foreign: file,
    };
  }
  if (state.depth >= MAX_DEPTH) return segmentOf(words, command, unknown("it is nested too deeply"));
  const deeper = { ...state, depth: state.depth + 1 };
  const script = shellScript(words);
  const segment =
    script !== null ? judgeScript(words, script, deeper, command) : judgeArguments(words, name, args, deeper, command);
  state.moved ||= deeper.moved;
  return segment;
}

function judgeArguments(words: Word[], name: string, args: Word[], state: State, command: string): JudgedSegment {
  const wrapped = unwrap(name, args);
  if (wrapped !== null) {
    if (wrapped.inner.length === 0)
      return segmentOf(words, command, wrapped.finding ?? onlyReads(`\`${name}\` alone only prints`));
    const within = { ...state, shell: BUILTINS_TOO.has(name) ? state.shell : null };
    const inner = judgeWords(wrapped.inner, within, wrapped.inner.map((word) => word.raw).join(" "));
    state.moved ||= within.moved;
    const found = wrapped.finding === null ? pick(inner) : worse(pick(inner), wrapped.finding);
    const unread = wrapped.unclear ? wordsText(wrapped.inner) : null;
    return { ...segmentOf(words, command, found, [inner]), transparent: wrapped.finding === null, unread };
  }
  if (name === "cd" && !staysIn(args, state.workspace)) state.moved = true;
  const inner: JudgedSegment[] = [];
  const judge = (innerWords: Word[], moved: boolean) => {
    const within = { ...state, shell: null, moved: state.moved || moved };
    const segment = judgeWords(innerWords, within, innerWords.map((word) => word.raw).join(" "));
    // A loop in there may run an early command again after a late `cd`.
    state.moved ||= within.moved && !moved;
    inner.push(segment);
    return pick(segment);
  };
  const { workspace, moved, started, shell } = state;
  const found = judgeProgram(name, args, { workspace, moved, started, shell, judge });
  return { ...segmentOf(words, command, found, inner), unread: RUNS_OTHERS.has(name) ? wordsText(args) : null };
}

const wordsText = (words: readonly Word[]) => words.map((word) => word.text ?? word.raw).join(" ");

/** Wrappers that run builtins of the shell as well as programs. */
const BUILTINS_TOO = new Set(["command", "builtin", "time"]);

function pick({ verdict, reason }: JudgedSegment): Finding {
  return { verdict, reason };
}

function staysIn(args: Word[], workspace: string): boolean {
  const target = args.length === 1 ? (args[0]?.text ?? null) : null;
  return target !== null && (target === "." || isSame(target, workspace));
}

/** Options of a shell before its script that do not change how it is read. */
const SHELL_OPTION = /^-[lceuxfv]+$|^--(?:login|norc|noprofile)$/;

/** The shell and the script word of `bash -lc SCRIPT …`; null when the words are not of that form. */
export function shellScript(words: Word[]): { shell: Shell; script: Word } | null {
  const name = programName(words[0]);
  if (name !== "bash" && name !== "zsh" && name !== "sh") return null;
  let hasScript = false;
  for (let i = 1; i < words.length; i++) {
    const word = words[i];
    if (word === undefined) return null;
    if (/^-[leuxfv]*o$/.test(word.text ?? "") && words[i + 1]?.text === "pipefail") i++;
    else if (word.text !== null && SHELL_OPTION.test(word.text)) hasScript ||= /^-[a-z]*c/.test(word.text);
    else return hasScript ? { shell: name, script: word } : null;
  }
  return null;
}

function judgeScript(
  words: Word[],
  { shell, script }: { shell: Shell; script: Word },
  state: State,
  command: string,
): JudgedSegment {
  if (script.text === null) return segmentOf(words, command, unknown("its script is known only at run time"));
  const read = readScript(script.text, shell);
  if (!read.ok) {
    const found = unknown(`the script cannot be read for sure: ${read.problem}`);
    return { ...segmentOf(words, command, found), unread: script.text };
  }
  const within = { ...state, shell };
  const inner = read.commands.map((simple) => judgeSimple(simple, within));
  state.moved ||= within.moved;
  const found = inner.map(pick).reduce(worse, onlyReads("it runs nothing"));
  return { ...segmentOf(words, command, found, inner), transparent: true };
}

function judgeSimple(simple: SimpleCommand, state: State): JudgedSegment {
  const segment =
    simple.words.length > 0
      ? judgeWords(simple.words, state, simple.raw)
      : segmentOf([], simple.raw, judgeWithoutWords(simple));
  const [first] = simple.words;
  const command = first === undefined ? null : (first.text ?? "");
  const findings = [
    ...simple.assignments.map(({ name, value }) => checkAssignment(name, command, value)),
    ...simple.redirects.map(judgeRedirect),
  ].filter((found) => found !== null);
  const more_than_words = findings.some((found) => found.verdict !== "safe");
  return { ...segment, ...findings.reduce(worse, pick(segment)), more_than_words };
}

function judgeWithoutWords(simple: SimpleCommand): Finding {
  const reads = simple.redirects.some((redirect) => redirect.op.startsWith("<"));
  return reads && !simple.after_group
    ? unknown("a redirection without a command starts a program in zsh")
    : onlyReads("it only sets the scene");
}

const HARMLESS_TARGETS = new Set(["/dev/null", "/dev/stdout", "/dev/stderr", "/dev/fd/1", "/dev/fd/2"]);

function judgeRedirect({ op, target }: Redirect): Finding | null {
  if (op === "<<" || op === "<<-" || op === "<<<") return null;
  const duplicates = /^(?:\d+|-)$/.test(target.text ?? "");
  if ((op === ">&" || op === "<&") && duplicates) return null;
  if (op === "<" || op === "<&") return judgeInput(target);
  return HARMLESS_TARGETS.has(target.text ?? "") ? null : mutating(`it writes to \`${target.raw}\``);
}

/** Shells open connections for files under /dev/tcp and /dev/udp. */
function judgeInput(target: Word): Finding | null {
  if (target.text === "/dev/null" || target.text === "/dev/stdin") return null;
  const { prefix } = target;
  const mayBeDevice = prefix === "" || prefix.startsWith("/dev") || (target.text === null && "/dev".startsWith(prefix));
  return mayBeDevice ? unknown(`\`${target.raw}\` may be a connection`) : null;
}
