/** How closely a line of a patch must agree with a line of the file: they do when this makes both the same. */
export type Level = (line: string) => string;

// Punctuation that models and editors exchange for its ASCII form, and spaces that look like one.
const DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;
const SINGLE_QUOTES = /[\u2018-\u201b\u2032\u02bc]/g;
const DOUBLE_QUOTES = /[\u201c-\u201f\u2033]/g;
const SPACES = /[\u00a0\u1680\u2002-\u200a\u202f\u205f\u3000]/g;
const INVISIBLE = /[\u200b-\u200d\u2060\ufeff\u00ad]/g;

/** The last level, and what a failed search is explained with: punctuation and spaces as ASCII has them. */
export function loosest(line: string): string {
  if (!/[^\0-\x7f]/.test(line)) return line.trim();
  return line
    .replace(DASHES, "-")
    .replace(SINGLE_QUOTES, "'")
    .replace(DOUBLE_QUOTES, '"')
    .replace(SPACES, " ")
    .replace(INVISIBLE, "")
    .replaceAll("\u2026", "...")
    .trim();
}

/** Earlier levels are tried first, each over the whole file. */
export const LEVELS: readonly Level[] = [(line) => line, (line) => line.trimEnd(), (line) => line.trim(), loosest];
