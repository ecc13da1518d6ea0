import type { Values, Variables } from "./variables.ts";
import type { Piece, Shell, SimpleCommand, Word } from "./word.ts";

/** A here-document whose body has not been reached yet. */
export interface PendingHeredoc {
  delimiter: string;
  /** A quoted delimiter: the body is plain text. */
  quoted: boolean;
  strip_tabs: boolean;
}

/**
 * Where the reading of a script stands. When something is met that shells read in different ways, or that this reader does
 * not know, `problem` is set and reading ends: the script then counts as unreadable as a whole.
 */
export interface Reader {
  readonly text: string;
  readonly shell: Shell;
  pos: number;
  problem: string | null;
  /** Every simple command found so far, those inside substitutions included. */
  readonly commands: SimpleCommand[];
  heredocs: PendingHeredoc[];
  /** What is known about variables at this point of the script. */
  readonly variables: Variables;
  /** How many groups and substitutions are open. */
  depth: number;
  /** The compounds (`if`, loops, braces) that are open in the list that is being read. */
  blocks: ShellBlock[];
  /** The next command runs whenever its list does, in the shell itself: what it sets is set from there on. */
  certain: boolean;
}

/** An open compound, and what was true before it: nothing that is set inside can be relied on behind it. */
export interface ShellBlock {
  kind: "if" | "loop" | "{";
  values: Values;
  certain: boolean;
}

/** Deeper nesting than this is not read. People do not write it; it only costs stack. */
const MAX_DEPTH = 16;

export function newReader(text: string, shell: Shell, variables: Variables): Reader {
  return {
    ...{ text, shell, pos: 0, problem: null, commands: [], heredocs: [], variables, depth: 0 },
    ...{ blocks: [], certain: true },
  };
}

/** A reader for a part of the script that stands in it as text. */
export function innerReader(r: Reader, text: string): Reader {
  return { ...newReader(text, r.shell, r.variables), depth: r.depth + 1 };
}

/** Gives up: the first problem is kept and the position moves to the end, so that every loop stops. */
export function giveUp(r: Reader, problem: string): void {
  r.problem ??= problem;
  r.pos = r.text.length;
}

export function atEnd(r: Reader): boolean {
  return r.pos >= r.text.length;
}

export function peek(r: Reader, length = 1): string {
  return r.text.slice(r.pos, r.pos + length);
}

/** What a sticky pattern matches at a position; null: nothing. */
export function matchAt(pattern: RegExp, r: Reader, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(r.text)?.[0] ?? null;
}

/** Opens one level of nesting; false (and given up) when there are too many. */
export function enter(r: Reader): boolean {
  r.depth++;
  if (r.depth > MAX_DEPTH) giveUp(r, "it is nested too deeply");
  return r.problem === null;
}

/** Skips blanks and joined lines. */
export function skipBlanks(r: Reader): void {
  for (;;) {
    const c = peek(r);
    if (c === " " || c === "\t") r.pos++;
    else if (peek(r, 2) === "\\\n") joinLines(r);
    else return;
  }
}

/**
 * Skips a backslash before a line end. Shells take the two away before anything else, so that what stands around them becomes
 * one operator, name or substitution; it is read only where a blank keeps both sides apart.
 */
export function joinLines(r: Reader): void {
  const before = r.text[r.pos - 1] ?? " ";
  const after = r.text[r.pos + 2] ?? " ";
  const apart = " \t\n".includes(before) || " \t".includes(after);
  if (apart || ("|&;".includes(before) && !"|&;<>()\\".includes(after))) r.pos += 2;
  else giveUp(r, "two lines are joined inside a word or an operator");
}

export const RUN_TIME: Piece = { text: null, splits: true };

/** Collects the pieces of one word. */
export interface WordBuilder {
  text: string;
  known: boolean;
  many: boolean;
  bare: boolean;
  plain: boolean;
  start: number;
  braces: number;
}

export function finishWord(r: Reader, b: WordBuilder): Word {
  const raw = r.text.slice(b.start, r.pos);
  if (b.braces !== 0) giveUp(r, `it has an unpaired brace in \`${raw}\``);
  const text = b.known ? b.text : null;
  const plain = b.text === "" && text === null ? b.plain : !b.text.startsWith("-");
  return { text, prefix: b.text, plain, many: b.many, bare: b.bare, raw };
}
