import { after, before, graphemesOf, lineAround, snap } from "./graphemes.ts";

/** Where a motion leads from a place in a text. */
export type Motion = (text: string, at: number) => number;

/** Letters, digits and marks: what a word is made of for readline's word motions. */
const OF_WORD = /[\p{L}\p{N}\p{M}_]/u;
const BLANK = /\s/;

/** Goes on while the character at that side fits. */
function skip(text: string, at: number, step: -1 | 1, fits: (character: string) => boolean): number {
  let place = at;
  while (step === 1 ? place < text.length : place > 0) {
    const next = step === 1 ? after(text, place) : before(text, place);
    if (!fits(step === 1 ? text.slice(place, next) : text.slice(next, place))) break;
    place = next;
  }
  return place;
}

const inWord = (character: string) => OF_WORD.test(character);
const blank = (character: string) => BLANK.test(character);
const not = (fits: (character: string) => boolean) => (character: string) => !fits(character);

export const wordRight: Motion = (text, at) => skip(text, skip(text, at, 1, not(inWord)), 1, inWord);
export const wordLeft: Motion = (text, at) => skip(text, skip(text, at, -1, not(inWord)), -1, inWord);
/** Words as a shell has them: what white space parts. */
export const spacedWordLeft: Motion = (text, at) => skip(text, skip(text, at, -1, blank), -1, not(blank));

export const lineStart: Motion = (text, at) => lineAround(text, at).start;
export const lineEnd: Motion = (text, at) => lineAround(text, at).end;

/** Whether there is a line above or below. */
export const isFirstLine = (text: string, at: number): boolean => lineAround(text, at).start === 0;
export const isLastLine = (text: string, at: number): boolean => lineAround(text, at).end === text.length;

/** The same column, counted in characters, one line up or down; the line's end where it is shorter. */
export function vertical(text: string, at: number, step: -1 | 1, column = columnOf(text, at)): number {
  const own = lineAround(text, at);
  if (step === -1 ? own.start === 0 : own.end === text.length) return at;
  const { start, end } = lineAround(text, step === -1 ? own.start - 1 : own.end + 1);
  const begun = graphemesOf(text.slice(start, end)).slice(0, column).join("");
  return snap(text, start + begun.length);
}

/** Characters before a place in its line. */
export function columnOf(text: string, at: number): number {
  return graphemesOf(text.slice(lineAround(text, at).start, at)).length;
}
