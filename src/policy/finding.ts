import type { Shell, Word } from "./shell/word.ts";
import type { OptionUsage } from "./usage.ts";

/**
 * What a command does, as far as it is known. `safe`: it only reads, whatever the arguments that are not known turn out to
 * be. `mutating`: it is known to change something. `unknown`: nothing is promised.
 */
export type Verdict = "safe" | "unknown" | "mutating";

/** A verdict with its reason: one clause that can follow "because". */
export interface Finding {
  verdict: Verdict;
  reason: string;
}

export function onlyReads(reason: string): Finding {
  return { verdict: "safe", reason };
}

export function unknown(reason: string): Finding {
  return { verdict: "unknown", reason };
}

export function mutating(reason: string): Finding {
  return { verdict: "mutating", reason };
}

const SEVERITY: Record<Verdict, number> = { safe: 0, unknown: 1, mutating: 2 };

/** The worse of two verdicts; the first when they are equal. */
export function worse<T extends { verdict: Verdict }>(a: T, b: T): T {
  return SEVERITY[b.verdict] > SEVERITY[a.verdict] ? b : a;
}

/** What a row of the table needs to know besides the arguments. */
export interface CommandSurroundings {
  /** The directory that the user trusts. Absolute. */
  workspace: string;
  /** The directory that the command starts in may be another one. */
  moved: boolean;
  /** What would make git start a program although it only reads (`JudgeContext`). */
  started(): string | null;
  /** The shell whose script the command stands in, when its builtins are meant; null: a program is started. */
  shell: Shell | null;
  /** Judges a command that this one would run, perhaps in another directory. */
  judge(words: Word[], moved: boolean): Finding;
}

/** Judges the arguments of one program (its name is left out). null: nothing speaks against it. */
export type Check = (args: Word[], around: CommandSurroundings) => Finding | null;

/** One line of the table of commands that are known to only read. */
export interface Row {
  programs: readonly string[];
  /** What they do and which uses are left out. One sentence, printed in docs/approvals.md. */
  note: string;
  /** The options that only read. `any`: whatever its words are. `checked`: `check` looks at every word. */
  usage: OptionUsage | "any" | "checked";
  /** What a list of options cannot say. Asked when `usage` has nothing against the words. */
  check?: Check;
  /** Commands that this row finds safe, and commands that it does not: both are checked by a test. */
  match: readonly string[];
  not_match: readonly string[];
}

/** A list of words, written as a line. */
export function words(line: string): string[] {
  return line.split(" ");
}

/** True when both are the same directory, with or without a slash at the end. */
export function isSame(a: string, b: string): boolean {
  return a.replace(/\/$/, "") === b.replace(/\/$/, "");
}
