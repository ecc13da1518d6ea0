import { type Glyph, glyphsOf, lineOf, widthOf } from "./glyphs.ts";
import { isPlain } from "./measure.ts";

/** Which part of a line that is too long is left out. */
export type Cut = "end" | "middle" | "start";

/** Lines of at most `columns` cells (at least 2: a wide character fits). Broken at blanks, else anywhere between two characters. */
export function wrapped(text: string, columns: number): string[] {
  const most = Math.max(2, columns);
  return text.split("\n").flatMap((line) => (widthOf(line) <= most ? [untabbed(line)] : broken(glyphsOf(line), most)));
}

/** One line of at most `columns` cells, with an ellipsis for what is left out. */
export function cutTo(line: string, columns: number, where: Cut): string {
  if (widthOf(line) <= columns) return untabbed(line);
  if (columns <= 0) return "";
  const glyphs = glyphsOf(line);
  const room = columns - 1;
  const head = where === "end" ? room : where === "start" ? 0 : Math.ceil(room / 2);
  const first = glyphs.slice(0, fitting(glyphs, head));
  const last = room > head ? glyphs.slice(glyphs.length - fitting([...glyphs].reverse(), room - head)) : [];
  const pen = (first.at(-1) ?? last[0] ?? glyphs[0])?.pen;
  return lineOf([...first, ...(pen ? [{ text: "…", width: 1, pen }] : []), ...last]);
}

/** A line without tabs, which would leave what stood below them on the screen. */
export function untabbed(line: string): string {
  return line.includes("\t") ? lineOf(glyphsOf(line)) : line;
}

/** Rows that a terminal makes of a line, or of its first cells, when its window has `columns`: a wide character is not halved. */
export function rowsOf(line: string, columns: number, cells = Number.POSITIVE_INFINITY): number {
  const most = Math.min(cells, widthOf(line));
  if (isPlain(line) || most <= columns) return Math.max(1, Math.ceil(most / columns));
  let [rows, used, seen] = [1, 0, 0];
  for (const { width } of glyphsOf(line)) {
    if (seen >= most) break;
    if (used + width > columns) [rows, used] = [rows + 1, 0];
    used += width;
    seen += width;
  }
  return rows;
}

/** How many glyphs fit, from the first on. */
function fitting(glyphs: readonly Glyph[], columns: number): number {
  let used = 0;
  const over = glyphs.findIndex(({ width }) => {
    used += width;
    return used > columns;
  });
  return over === -1 ? glyphs.length : over;
}

/** Blanks that a line is broken at are left out, as between words; those that indent its beginning stay. */
function broken(glyphs: readonly Glyph[], columns: number): string[] {
  const lines: string[] = [];
  for (let from = 0; from < glyphs.length; ) {
    const most = from + Math.max(1, fitting(glyphs.slice(from, from + columns + 1), columns));
    const to = most >= glyphs.length ? glyphs.length : breakAt(glyphs, from, most);
    lines.push(lineOf(trimmed(glyphs.slice(from, to), to < glyphs.length)));
    from = to;
    while (from < glyphs.length && isBlank(glyphs[from])) from++;
  }
  return lines;
}

/** The last place behind a blank, before or behind a wide character; `most` where there is none. */
function breakAt(glyphs: readonly Glyph[], from: number, most: number): number {
  let indent = from;
  while (indent < most && isBlank(glyphs[indent])) indent++;
  for (let at = most; at > indent; at--) {
    const [before, after] = [glyphs[at - 1], glyphs[at]];
    if (isBlank(before) || isBlank(after) || isWide(before) || isWide(after)) return at;
  }
  return most;
}

function trimmed(glyphs: readonly Glyph[], isBroken: boolean): readonly Glyph[] {
  let end = glyphs.length;
  while (isBroken && end > 1 && isBlank(glyphs[end - 1])) end--;
  return glyphs.slice(0, end);
}

const isBlank = (glyph: Glyph | undefined) => glyph !== undefined && /^ +$/.test(glyph.text);
const isWide = (glyph: Glyph | undefined) => (glyph?.width ?? 0) > 1;
