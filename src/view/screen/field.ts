import { cells, graphemes, SafeText } from "../../term/index.ts";
import { breaks } from "./text/breaks.ts";
import { exact, hanging, type Line, type Paint, type Run, reading } from "./text/line.ts";

/** A text that is written, in rows, and the cell of its caret. */
export interface Field {
  rows: Line[];
  row: number;
  column: number;
}

/** How a text is shown: `exact` every character, `reading` as prose. */
export type Showing = "exact" | "reading";

/** Lays a text out. A row keeps a cell for the caret. `caret`: index in the text; within a grapheme it stands before it. */
export function field(
  text: string,
  caret: number,
  columns: number,
  showing: Showing,
  paint: Paint | null = null,
): Field {
  const width = Math.max(1, columns - 1);
  const laid: Field = { rows: [], row: 0, column: 0 };
  let start = 0;
  for (const source of text.split("\n")) {
    const { shown, at } = shownLine(source, showing);
    const ranges = breaks(shown, width, "words");
    if (caret >= start && caret <= start + source.length) place(laid, shown, at(caret - start), ranges, width);
    for (const [index, [from]] of ranges.entries()) {
      const to = ranges[index + 1]?.[0] ?? shown.length;
      const part = fitted(shown.slice(from, to), width);
      laid.rows.push([showing === "exact" ? exact(part, paint) : reading(part, paint)]);
    }
    start += source.length + 1;
  }
  return laid;
}

/** Blanks that hang over the end of a row are not drawn. */
function fitted(part: string, width: number): string {
  return cells(part) <= width ? part : part.trimEnd();
}

function place(
  laid: Field,
  shown: string,
  at: number,
  ranges: readonly (readonly [number, number])[],
  width: number,
): void {
  const index = Math.max(
    0,
    ranges.findLastIndex(([from]) => from <= at),
  );
  laid.row = laid.rows.length + index;
  laid.column = Math.min(cells(shown.slice(ranges[index]?.[0] ?? 0, at)), width);
}

/** A line as it is shown, and where in it a place of the line lies. */
function shownLine(line: string, showing: Showing): { shown: string; at: (index: number) => number } {
  const whole = show(line, showing);
  if (whole === line && !line.includes("\t")) return { shown: line, at: (index) => boundary(line, index) };
  const ends: [index: number, shown: number][] = [];
  const parts: string[] = [];
  let length = 0;
  for (const { at, text } of graphemes(line)) {
    ends.push([at, length]);
    const part = text === "\t" ? "    " : show(text, showing);
    parts.push(part);
    length += part.length;
  }
  const at = (index: number) => (index >= line.length ? length : (ends.findLast(([from]) => from <= index)?.[1] ?? 0));
  return { shown: parts.join(""), at };
}

function show(text: string, showing: Showing): string {
  return String(showing === "exact" ? SafeText.of(text) : SafeText.prose(text));
}

/** The grapheme that a place lies in begins here. */
function boundary(line: string, index: number): number {
  if (index >= line.length || cells(line) === line.length) return Math.min(index, line.length);
  let last = 0;
  for (const { at } of graphemes(line)) {
    if (at > index) break;
    last = at;
  }
  return last;
}

/** At most so many rows of a field, the caret among them. Arrows in the place of the mark say that there is more. */
export function framed(
  { rows, row, column }: Field,
  most: number,
  marks: { first: Run; rest: Run; up: Run; down: Run },
): Field {
  const all = hanging(rows, [marks.first], [marks.rest]);
  const shift = marks.first.text.length;
  if (rows.length <= most) return { rows: all, row, column: column + shift };
  const top = Math.min(Math.max(0, row - (most >> 1)), rows.length - most);
  const shown = rows.slice(top, top + most).map((line, index): Line => {
    const up = index === 0 && top > 0;
    const down = index === most - 1 && top + most < rows.length;
    return [up ? marks.up : down ? marks.down : top + index === 0 ? marks.first : marks.rest, ...line];
  });
  return { rows: shown, row: row - top, column: column + shift };
}
