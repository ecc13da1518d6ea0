import { graphemeSegments } from "../../../base/index.ts";

/** Text of which every UTF-16 unit takes one cell. */
const ASCII = /^[ -~]*$/;

export function isAscii(text: string): boolean {
  return ASCII.test(text);
}

/** Cells that a line takes on a terminal. */
export function cells(text: string): number {
  return isAscii(text) ? text.length : Bun.stringWidth(text);
}

/** A grapheme of a line: what is never parted. */
export interface Cell {
  at: number;
  text: string;
  width: number;
}

/** The graphemes of a line, in order. */
export function* graphemes(text: string): Generator<Cell> {
  if (isAscii(text)) {
    for (let at = 0; at < text.length; at++) yield { at, text: text.charAt(at), width: 1 };
    return;
  }
  for (const { segment, index } of graphemeSegments(text))
    yield { at: index, text: segment, width: Bun.stringWidth(segment) };
}

/** Cells from one tab stop to the next: what people read best in diffs and logs. */
const TAB = 4;

/** A line with blanks instead of tabs, whose width a terminal decides and nobody can measure. */
export function withoutTabs(line: string): string {
  if (!line.includes("\t")) return line;
  let column = 0;
  return line
    .split("\t")
    .map((part, index, parts) => {
      if (index === parts.length - 1) return part;
      column += cells(part);
      const blanks = TAB - (column % TAB);
      column += blanks;
      return part + " ".repeat(blanks);
    })
    .join("");
}
