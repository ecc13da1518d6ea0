import { replaceRange } from "./buffer.ts";
import { type Composer, edited, killed, moved, redo, undo, yank, yankPop } from "./composer.ts";
import { after, before } from "./graphemes.ts";
import { columnOf, lineEnd, lineStart, type Motion, spacedWordLeft, vertical, wordLeft, wordRight } from "./motions.ts";
import { placeholderAt } from "./placeholders.ts";

type Edit = (composer: Composer) => Composer;

const go =
  (motion: Motion): Edit =>
  (composer) =>
    moved(composer, motion(composer.text, composer.caret));

/** Cuts from the caret to where a motion leads. */
const cut =
  (motion: Motion): Edit =>
  (composer) => {
    const { text, caret } = composer;
    const to = motion(text, caret);
    return killed(composer, Math.min(caret, to), Math.max(caret, to), to > caret);
  };

/** To the end of the line; at it, the line end itself, as readline has it. */
const toEnd: Motion = (text, at) => (lineEnd(text, at) === at ? after(text, at) : lineEnd(text, at));
const toStart: Motion = (text, at) => (lineStart(text, at) === at ? before(text, at) : lineStart(text, at));

/** Deletes a character, or a placeholder as a whole. */
const remove =
  (side: "before" | "after"): Edit =>
  (composer) => {
    const { text, caret, attached } = composer;
    const whole = placeholderAt(text, caret, attached, side)?.length;
    const from = side === "after" ? caret : whole === undefined ? before(text, caret) : caret - whole;
    const to = side === "before" ? caret : whole === undefined ? after(text, caret) : caret + whole;
    return edited(composer, replaceRange(composer, from, to, ""), null);
  };

/** A line up or down, in the column where one began. */
export function lineMoved(composer: Composer, step: -1 | 1): Composer {
  const { text, caret } = composer;
  const column = composer.column ?? columnAt(composer);
  return { ...moved(composer, vertical(text, caret, step, column)), column };
}

const columnAt = ({ text, caret }: Composer) => columnOf(text, caret);

export const newline: Edit = (composer) => {
  const { caret } = composer;
  return edited(composer, replaceRange(composer, caret, caret, "\n"));
};

/** What the actions of the key table do to the text. */
export const EDITS: Readonly<Record<string, Edit>> = {
  newline,
  left: go(before),
  right: go(after),
  "word-left": go(wordLeft),
  "word-right": go(wordRight),
  "line-start": go(lineStart),
  "line-end": go(lineEnd),
  "delete-left": remove("before"),
  "delete-right": remove("after"),
  "cut-spaced-word-left": cut(spacedWordLeft),
  "cut-word-left": cut(wordLeft),
  "cut-word-right": cut(wordRight),
  "cut-to-end": cut(toEnd),
  "cut-to-start": cut(toStart),
  yank,
  "yank-pop": yankPop,
  undo,
  redo,
};
