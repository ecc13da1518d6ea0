import type { Piece, SimpleCommand, Word } from "./word.ts";

/** The values that are known, by name. `unquoted` is null when shells may split or expand the value. */
export type Values = ReadonlyMap<string, { quoted: Piece; unquoted: Piece | null }>;

/**
 * What is known about a script's variables. Only those are followed that the script sets in exactly one place, by an
 * assignment of its own or a `for`, and only behind that place, as far as it is certain to have been reached.
 */
export interface Variables {
  readonly trackable: ReadonlySet<string>;
  values: Values;
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

/** Takes note of what a command sets, when it is certain to run. */
export function learn(variables: Variables, { assignments, words, redirects }: SimpleCommand): void {
  // A redirection or an expansion that fails may leave the other assignments undone.
  const done = assignments.length === 1 || assignments.every(({ value }) => value.text !== null);
  if (words.length > 0 || redirects.length > 0 || !done) return;
  for (const { name, value } of assignments) set(variables, name, [value]);
}

/** Takes note of the values of a loop, for its body. */
export function learnLoop(variables: Variables, [, name, ...values]: readonly Word[]): void {
  if (name !== undefined) set(variables, name.raw, values);
}

/** Text that stays one word, and itself, when it is expanded without quotes. */
const UNSPLIT = /^[\w./@:+,=%-]+$/;

function set(variables: Variables, name: string, words: readonly Word[]): void {
  // The shell itself sets `_`.
  if (!variables.trackable.has(name) || words.length === 0 || name === "_") return;
  const [only, ...others] = words;
  const text = others.length === 0 && only !== undefined ? only.text : null;
  const prefix = words.map((word) => word.prefix).reduce(commonStart);
  const quoted: Piece = { text, splits: false, prefix, plain: words.every((word) => word.plain && word.text !== "") };
  const whole = words.every((word) => word.text !== null && UNSPLIT.test(word.text));
  variables.values = new Map(variables.values).set(name, { quoted, unquoted: whole ? quoted : null });
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}

/**
 * What is known about a variable; null: nothing. Beside those that the script sets, only two are certain to be set, to an
 * absolute path. Without quotes it may be several words: a home with a blank in its name, or a directory that is called
 * whatever the one who made it liked, a dash in front included.
 */
export function valueKnown({ values }: Variables, name: string | undefined, quoted: boolean): Piece | null {
  if (name === undefined) return null;
  const known = values.get(name);
  if (known !== undefined) return quoted ? known.quoted : known.unquoted;
  const certain = name === "HOME" || (name === "PWD" && quoted);
  return certain ? { text: null, splits: false, many: !quoted, prefix: quoted ? "/" : "", plain: true } : null;
}
