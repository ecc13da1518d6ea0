import type { Piece } from "./reader.ts";
import type { SimpleCommand, Word } from "./word.ts";

/**
 * What is known about a script's variables. Only those are followed that the script sets in exactly one place, by an
 * assignment of its own or a `for`, and only behind that place.
 */
export interface Variables {
  readonly trackable: ReadonlySet<string>;
  readonly values: Map<string, { quoted: Piece; unquoted: Piece | null }>;
}

export const NO_VARIABLES: Variables = { trackable: new Set(), values: new Map() };

/** Commands that can set variables in ways that are not followed. */
const SETTERS = new Set(
  "declare typeset local export readonly eval source . let mapfile readarray getopts unset read vared zparseopts".split(
    " ",
  ),
);

/** The names that are set once in the whole script, so that every later use has that value. */
export function namesSetOnce(commands: readonly SimpleCommand[]): Set<string> {
  const once = new Set<string>();
  const often = new Set<string>();
  const note = (name: string) => (once.has(name) || often.has(name) ? often : once).add(name);
  for (const { assignments, words } of commands) {
    for (const { name } of assignments) note(name);
    if (words[0]?.text === "for" && words[1] !== undefined) note(words[1].raw);
    for (const word of wordsOfSetter(words)) {
      // What is set is not known: it may be any of them.
      if (word.text === null) return new Set();
      for (const name of namesIn(word)) often.add(name);
    }
  }
  return new Set([...once].filter((name) => !often.has(name)));
}

function wordsOfSetter(words: readonly Word[]): readonly Word[] {
  const printf = words.findIndex((word, index) => word.text === "printf" && words[index + 1]?.plain === false);
  const setter = words.findIndex((word) => SETTERS.has(word.text ?? ""));
  const from = printf === -1 ? setter : printf;
  return from === -1 ? [] : words.slice(from + 1);
}

function namesIn(word: Word): string[] {
  return word.raw.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? [];
}

/** Takes note of what a command sets. */
export function learn(variables: Variables, { assignments, words }: SimpleCommand): void {
  if (words.length === 0) for (const { name, value } of assignments) set(variables, name, [value]);
  const [keyword, name, ...values] = words;
  if (keyword?.text === "for" && name !== undefined) set(variables, name.raw, values);
}

/** Text that stays one word, and itself, when it is expanded without quotes. */
const UNSPLIT = /^[\w./@:+,=%-]+$/;

function set({ trackable, values }: Variables, name: string, words: Word[]): void {
  if (!trackable.has(name) || words.length === 0) return;
  const [only, ...others] = words;
  const text = others.length === 0 && only !== undefined ? only.text : null;
  const prefix = words.map((word) => word.prefix).reduce(commonStart);
  const quoted: Piece = { text, splits: false, prefix, plain: words.every((word) => word.plain) };
  const whole = words.every((word) => word.text !== null && UNSPLIT.test(word.text));
  values.set(name, { quoted, unquoted: whole ? quoted : null });
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}

/** Set by the system and the user, to absolute paths; a script that sets them is not safe to begin with. */
const ABSOLUTE = new Set([
  "HOME",
  "PWD",
  "OLDPWD",
  "TMPDIR",
  "CODEX_HOME",
  "MOAT_HOME",
  "XDG_CONFIG_HOME",
  "XDG_CACHE_HOME",
  "XDG_DATA_HOME",
]);

/** What is known about a variable; null: nothing. */
export function valueKnown({ values }: Variables, name: string | undefined, quoted: boolean): Piece | null {
  if (name === undefined) return null;
  const known = values.get(name);
  if (known !== undefined) return quoted ? known.quoted : known.unquoted;
  return ABSOLUTE.has(name) ? { text: null, splits: false, plain: true } : null;
}
