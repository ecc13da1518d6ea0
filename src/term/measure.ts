import { graphemeSegments } from "../base/index.ts";

/** Text of which every UTF-16 unit takes one cell. */
const ASCII = /^[ -~]*$/;

/** Whether a line is nothing but characters of one cell each. */
export function isPlain(line: string): boolean {
  return ASCII.test(line);
}

/** Characters that never join with a neighbour: Latin letters, punctuation, arrows, lines, signs. Which they are is cheap to see, where they part is not. */
const ALONE = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u27bf]*$/;

/** Text of which every UTF-16 unit is a grapheme. */
export function standsAlone(text: string): boolean {
  return ALONE.test(text);
}

/** Cells that a line without tabs takes on a terminal. */
export function cells(text: string): number {
  return isPlain(text) ? text.length : Bun.stringWidth(text);
}

/** A grapheme of a line (UAX #29): what a reader takes for one character, and what is never parted. */
export interface Cell {
  at: number;
  text: string;
  width: number;
}

/** The graphemes of a line, in order. */
export function* graphemes(text: string): Generator<Cell> {
  if (isPlain(text)) {
    for (let at = 0; at < text.length; at++) yield { at, text: text.charAt(at), width: 1 };
    return;
  }
  if (standsAlone(text)) {
    for (let at = 0; at < text.length; at++) {
      const unit = text.charAt(at);
      yield { at, text: unit, width: cells(unit) };
    }
    return;
  }
  for (const { segment, index } of graphemeSegments(text)) yield { at: index, text: segment, width: cells(segment) };
}

/** A line with blanks instead of tabs, which go to the next of the stops that lie so many cells apart. */
export function withoutTabs(line: string, stop: number): string {
  if (!line.includes("\t")) return line;
  let column = 0;
  return line
    .split("\t")
    .map((part, index, parts) => {
      if (index === parts.length - 1) return part;
      column += cells(part);
      const blanks = stop - (column % stop);
      column += blanks;
      return part + " ".repeat(blanks);
    })
    .join("");
}
