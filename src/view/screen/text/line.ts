import { cells, graphemes, type Printable, SafeText, withoutTabs } from "../../../term/index.ts";
import { type Breaking, breaks, type Range } from "./breaks.ts";

/** Cells from one tab stop to the next: what people read best in diffs and logs. */
const TAB = 4;

/** How text is painted: a role of the theme, or roles of it one in the other. */
export type Paint = (text: Printable) => SafeText;

/** Text without styles, how it will be painted, and its characters for measuring. */
export interface Run {
  shown: SafeText;
  text: string;
  paint: Paint | null;
}

/** A row of the screen, or a line that is not yet parted into rows. Painted at the very end, so that it can be measured and parted before. */
export type Line = readonly Run[];

function runOf(shown: SafeText, paint: Paint | null): Run {
  return { shown, text: String(shown), paint };
}

/** Our own words, or a value of which every character is shown. One line. */
export function exact(text: string, paint: Paint | null = null): Run {
  return runOf(SafeText.of(withoutTabs(text, TAB).replaceAll("\n", "\\x0a")), paint);
}

/** A line of others' for reading. */
export function reading(text: string, paint: Paint | null = null): Run {
  return runOf(SafeText.prose(withoutTabs(text.replace(/\r?\n/g, " "), TAB)), paint);
}

export const blanks = (columns: number): Run => exact(" ".repeat(Math.max(0, columns)));

export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + cells(text), 0);
}

/** A line as the terminal gets it. */
export function painted(line: Line): SafeText {
  return SafeText.join(
    line.map(({ shown, paint }) => (paint === null ? shown : paint(shown))),
    "",
  );
}

/** The same line, what has no paint of its own painted. */
export function inPaint(line: Line, paint: Paint): Line {
  return line.map((run) => (run.paint === null ? { ...run, paint } : run));
}

/** Parts a line into rows of at most so many cells. */
export function wrappedLine(line: Line, columns: number, breaking: Breaking = "words"): Line[] {
  const ranges = breaks(line.map(({ text }) => text).join(""), columns, breaking);
  if (ranges.length === 1 && line.length === 1 && ranges[0]?.[1] === line[0]?.text.length) return [line];
  const cutter = new Cutter(line);
  return ranges.map((range) => cutter.take(range));
}

/** Takes parts out of a line, from left to right. */
class Cutter {
  readonly #line: Line;
  #index = 0;
  /** Where the run at the index begins. */
  #start = 0;

  constructor(line: Line) {
    this.#line = line;
  }

  take([from, to]: Range): Line {
    const parts: Run[] = [];
    for (let run = this.#line[this.#index]; run !== undefined; run = this.#line[this.#index]) {
      const end = this.#start + run.text.length;
      if (end > from && this.#start < to) parts.push(part(run, from - this.#start, to - this.#start));
      if (end > to) break;
      this.#index++;
      this.#start = end;
    }
    return parts;
  }
}

function part(run: Run, from: number, to: number): Run {
  if (from <= 0 && to >= run.text.length) return run;
  return runOf(run.shown.slice(Math.max(0, from), to), run.paint);
}

/** As much of a line as fits, `…` for the rest. */
export function cut(line: Line, columns: number): Line {
  // What lies far behind the edge is not even measured.
  if (line.every(({ text }) => text.length <= NEAR * columns) && lineWidth(line) <= columns) return line;
  const kept: Run[] = [];
  let room = Math.max(0, columns - 1);
  let whole = true;
  for (const run of line) {
    const fits = fitting(run.text, room);
    if (fits > 0) kept.push(part(run, 0, fits));
    whole = fits === run.text.length;
    if (!whole) break;
    room -= cells(run.text);
  }
  return [...kept, exact("…", kept.at(-1)?.paint ?? line[0]?.paint ?? null)];
}

/** UTF-16 units a cell that are looked at: more has no text that is read, only what piles up marks. */
const NEAR = 32;

function fitting(text: string, room: number): number {
  const near = text.slice(0, NEAR * (room + 1));
  let used = 0;
  for (const { at, width } of graphemes(near)) {
    if (used + width > room) return at;
    used += width;
  }
  return near.length;
}

/** Words left, numbers right. Where both do not fit, the left gives way; where there is no room for the right, it is left out. */
export function row(left: Line, right: Line, columns: number): Line {
  const numbers = lineWidth(right);
  if (numbers === 0) return cut(left, columns);
  // A word of the left must remain readable beside.
  if (numbers + MIN_LEFT > columns) return cut(left, columns);
  const room = columns - numbers - 2;
  const words = cut(left, room);
  return [...words, blanks(columns - lineWidth(words) - numbers), ...right];
}

/** Words that must stand whole, wrapped; what else is to be said at the right of the last row, where there is room, else below. */
export function wholeRow(left: Line, right: Line, columns: number): Line[] {
  const rows = wrappedLine(left, columns);
  const last = rows.at(-1) ?? [];
  const fits = lineWidth(last) + lineWidth(right) + 2 <= columns;
  if (fits) return [...rows.slice(0, -1), row(last, right, columns)];
  return [...rows, ...hanging(wrappedLine(right, columns - 2), [blanks(2)], [blanks(2)])];
}

/** Cells of the left that are worth more than all numbers. */
const MIN_LEFT = 10;

/** Rows with something before each: before the first another thing than before the others. */
export function hanging(rows: readonly Line[], first: Line, rest: Line): Line[] {
  return rows.map((line, index) => [...(index === 0 ? first : rest), ...line]);
}
