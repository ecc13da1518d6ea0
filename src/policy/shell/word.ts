/** What a nested part of a word (an expansion) tells about the word. */
export interface Piece {
  /** Text, when the piece has one; null: known only at run time. */
  text: string | null;
  /** May split into several words. */
  splits: boolean;
  /** May be several words, of which none starts with a dash. */
  many?: boolean;
  /** The start of a text that is not known whole. */
  prefix?: string;
  /** Is not empty and does not start with a dash, whatever it is. */
  plain?: boolean;
}

/**
 * One word of a command line, as far as it can be known without running anything. A word with a variable, a substitution
 * or a glob in it is known only by its start.
 */
export interface Word {
  /** The whole text after quotes are removed; null when a part of it is known only at run time. */
  text: string | null;
  /** The part that the word certainly starts with; equal to `text` when that is known. */
  prefix: string;
  /** Certainly does not start with a dash, though its start may not be known. */
  plain: boolean;
  /** May turn into several words, or none: an unquoted variable or substitution, a glob, braces. */
  many: boolean;
  /** Nothing in it is quoted or escaped. Only such words can be keywords or assignments. */
  bare: boolean;
  /** As it was typed. */
  raw: string;
}

/** A redirection: `fd` is the number before the operator, or null. */
export interface Redirect {
  op: ">" | ">>" | ">|" | ">&" | "<" | "<&" | "<>" | "<<" | "<<-" | "<<<" | "&>" | "&>>";
  fd: number | null;
  target: Word;
}

/** `NAME=value` before a command, or alone. */
export interface ShellAssignment {
  name: string;
  value: Word;
}

/** A simple command: the unit that is judged. Its words are empty when only assignments or redirections were written. */
export interface SimpleCommand {
  assignments: ShellAssignment[];
  words: Word[];
  redirects: Redirect[];
  /** Follows `done`, `fi`, `)` or `}`: its redirections belong to the group before it. */
  after_group: boolean;
  /** As it was typed. */
  raw: string;
}

/** Shells whose scripts are read. `sh` may be any POSIX shell, so what only some of them know is refused there. */
export type Shell = "bash" | "zsh" | "sh";

/** A word whose text is known. */
export function literal(text: string): Word {
  return { text, prefix: text, plain: !text.startsWith("-"), many: false, bare: false, raw: text };
}

/** Words that appear at run time and may be anything, such as what xargs adds. */
export function anyWords(raw: string): Word {
  return { text: null, prefix: "", plain: false, many: true, bare: false, raw };
}

/** True when a program may take the word for an option: it starts with a dash, or that is not known. */
export function mayBeOption(word: Word): boolean {
  return !word.plain;
}
