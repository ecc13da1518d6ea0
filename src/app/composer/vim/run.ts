import { moveTo, replaceRange } from "../buffer.ts";
import { type Composer, edited, moved, undo } from "../composer.ts";
import { after, before, lineAround } from "../graphemes.ts";
import { lineEnd, lineStart } from "../motions.ts";
import { findOf, firstInLine, type Target, targetOf } from "./motions.ts";
import { objectAt, type TextRange } from "./objects.ts";
import type { VimCommand } from "./parse.ts";
import type { Vim } from "./state.ts";

/** Does a command of normal mode. */
export function runVim(composer: Composer, vim: Vim, command: VimCommand, keys: string): Composer {
  const { operator, rest, count } = command;
  const search = findOf(rest);
  const known = search === null ? vim : { ...vim, find: search };
  if (operator !== null) return operate(composer, known, command, keys);
  if (Object.hasOwn(SINGLES, rest)) return SINGLES[rest]?.(composer, known, count, keys) ?? composer;
  if (rest.startsWith("r")) return replaced(composer, known, rest.slice(1), count, keys);
  const target = targetOf(rest, composer.text, composer.caret, count, vim.find);
  return target === null ? composer : withVim(onCharacter(moved(composer, target.to)), known);
}

const withVim = (composer: Composer, vim: Vim): Composer => ({ ...composer, vim });

/** In normal mode the caret stands on a character, not behind the line. */
export function onCharacter(composer: Composer): Composer {
  const { text, caret } = composer;
  const { start, end } = lineAround(text, caret);
  return caret === end && end > start ? { ...composer, ...moveTo(composer, before(text, caret)) } : composer;
}

const changed = (vim: Vim, keys: string): Vim => ({ ...vim, change: { keys, inserted: "" } });
const inserting = (vim: Vim, keys: string): Vim => ({ ...changed(vim, keys), mode: "insert" });

/** `d`, `c`, `y` with what they take. */
function operate(composer: Composer, vim: Vim, { operator, rest, count }: VimCommand, keys: string): Composer {
  const taken = takenBy(composer, vim, operator ?? "d", rest, count);
  if (taken === null) return composer;
  const { from, to, lines } = taken;
  const register = { text: composer.text.slice(from, to), lines };
  if (operator === "y")
    return withVim(onCharacter(moved(composer, lines ? composer.caret : from)), { ...vim, register });
  if (operator === "c") {
    // Of lines that are changed one stays, empty.
    const end = lines && composer.text[to - 1] === "\n" ? to - 1 : to;
    return withVim(edited(composer, replaceRange(composer, from, end, "")), { ...inserting(vim, keys), register });
  }
  const cut = lines ? wholeLines(composer.text, from, to) : { from, to };
  const next = edited(composer, replaceRange(composer, cut.from, cut.to, ""));
  const at = lines ? firstInLine(next.text, next.caret) : next.caret;
  return withVim(onCharacter({ ...next, ...moveTo(next, at) }), { ...changed(vim, keys), register });
}

/** The last lines of a text go with the line end before them. */
function wholeLines(text: string, from: number, to: number): TextRange {
  return to === text.length && from > 0 && text[to - 1] !== "\n" ? { from: from - 1, to } : { from, to };
}

function takenBy(
  { text, caret }: Composer,
  { find }: Vim,
  operator: "d" | "c" | "y",
  rest: string,
  count: number,
): (TextRange & { lines: boolean }) | null {
  if (rest === operator) return lineRange(text, caret, linesDown(text, caret, count - 1));
  if (/^[ia]./s.test(rest)) {
    const range = objectAt(rest, text, caret);
    return range && { ...range, lines: false };
  }
  // As in vi, `cw` on a word changes what `ce` does.
  const motion = operator === "c" && /^[wW]$/.test(rest) && !/^\s/.test(text.slice(caret)) ? END[rest] : rest;
  const target = targetOf(motion ?? rest, text, caret, count, find);
  if (target === null) return null;
  return target.lines ? lineRange(text, caret, target.to) : spanned(text, caret, target);
}

const END: Readonly<Record<string, string>> = { w: "e", W: "E" };

function spanned(text: string, at: number, { to, inclusive }: Target): TextRange & { lines: boolean } {
  const [from, end] = to < at ? [to, at] : [at, to];
  return { from, to: inclusive && to >= at ? after(text, end) : end, lines: false };
}

function lineRange(text: string, a: number, b: number): TextRange & { lines: boolean } {
  const from = lineStart(text, Math.min(a, b));
  const end = lineEnd(text, Math.max(a, b));
  return { from, to: Math.min(end + 1, text.length), lines: true };
}

function linesDown(text: string, at: number, count: number): number {
  return targetOf("j", text, at, count, null)?.to ?? at;
}

type Single = (composer: Composer, vim: Vim, count: number, keys: string) => Composer;

/** A command that is an operator with its motion. */
const as =
  (operator: "d" | "c" | "y", rest: string): Single =>
  (composer, vim, count, keys) =>
    operate(composer, vim, { operator, rest, count }, keys);

/** Goes to a place and inserts there. */
const insertAt =
  (place: (text: string, at: number) => number): Single =>
  (composer, vim, _count, keys) =>
    withVim(moved(composer, place(composer.text, composer.caret)), inserting(vim, keys));

/** A new line and inserts there. */
const openLine =
  (above: boolean): Single =>
  (composer, vim, _count, keys) => {
    const { start, end } = lineAround(composer.text, composer.caret);
    const at = above ? start : end;
    const next = edited(composer, replaceRange(composer, at, at, "\n"));
    return withVim(above ? moved(next, at) : next, inserting(vim, keys));
  };

const put =
  (behind: boolean): Single =>
  (composer, vim, count, keys) => {
    const { register } = vim;
    if (register.text === "") return composer;
    const { text, caret } = composer;
    const { start, end } = lineAround(text, caret);
    const piece = register.text.repeat(count);
    if (!register.lines) {
      const at = behind && start !== end ? after(text, caret) : caret;
      const next = edited(composer, replaceRange(composer, at, at, piece));
      return withVim({ ...next, ...moveTo(next, before(next.text, next.caret)) }, changed(vim, keys));
    }
    const lines = piece.replace(/\n$/, "");
    const at = behind ? end : start;
    const next = edited(composer, replaceRange(composer, at, at, behind ? `\n${lines}` : `${lines}\n`));
    return withVim(moved(next, firstInLine(next.text, behind ? at + 1 : at)), changed(vim, keys));
  };

const join: Single = (composer, vim, _count, keys) => {
  const end = lineEnd(composer.text, composer.caret);
  if (end === composer.text.length) return composer;
  const blanks = composer.text.slice(end + 1).match(/^[ \t]*/)?.[0].length ?? 0;
  const next = edited(composer, replaceRange(composer, end, end + 1 + blanks, " "));
  return withVim(moved(next, end), changed(vim, keys));
};

const turnCase: Single = (composer, vim, count, keys) => {
  let next = composer;
  for (let left = count; left > 0; left--) {
    const { text, caret } = next;
    if (caret === lineEnd(text, caret)) break;
    const to = after(text, caret);
    const one = text.slice(caret, to);
    const turned = one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase();
    next = edited(next, replaceRange(next, caret, to, turned));
  }
  return withVim(onCharacter(next), changed(vim, keys));
};

function replaced(composer: Composer, vim: Vim, character: string, count: number, keys: string): Composer {
  const { text, caret } = composer;
  let to = caret;
  for (let left = count; left > 0; left--) {
    if (to === lineEnd(text, to)) return composer;
    to = after(text, to);
  }
  const next = edited(composer, replaceRange(composer, caret, to, character.repeat(count)));
  return withVim({ ...next, ...moveTo(next, before(next.text, next.caret)) }, changed(vim, keys));
}

const SINGLES: Readonly<Record<string, Single>> = {
  x: as("d", "l"),
  X: as("d", "h"),
  D: as("d", "$"),
  C: as("c", "$"),
  S: as("c", "c"),
  s: as("c", "l"),
  Y: as("y", "y"),
  p: put(true),
  P: put(false),
  u: (composer, vim) => withVim(onCharacter(undo(composer)), vim),
  i: insertAt((_, at) => at),
  a: insertAt((text, at) => (at === lineEnd(text, at) ? at : after(text, at))),
  I: insertAt(firstInLine),
  A: insertAt(lineEnd),
  o: openLine(false),
  O: openLine(true),
  J: join,
  "~": turnCase,
};
