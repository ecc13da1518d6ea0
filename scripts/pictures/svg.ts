// What stands in the cells of a terminal as SVG: colours, weights, and each character in its own column whatever the font.
import type { IBufferCell, IBufferLine } from "@xterm/headless";
import { colourTable, type Look } from "./palette.ts";
import type { Window } from "./window.ts";

/** Size of one cell in px, for a 13 px monospaced font, and what is left free around. */
const [CELL, LINE, MARGIN] = [7.8, 17, 14];
/** From the top of a row to the foot of its letters. */
const FOOT = 12.5;

/** What in a row differs from run to run, and what is put in its place. */
export type Mask = (row: string) => string;

/** Neighbouring cells of one style. */
interface Run {
  column: number;
  text: string;
  style: string;
}

/** The window as a picture; `name` is for those who do not see it. */
export function svgOf(window: Window, look: Look, name: string, mask: Mask): string {
  const { terminal } = window;
  const { baseY, cursorX, cursorY } = terminal.buffer.active;
  const { rows: used } = terminal;
  const colours = colourTable(look);
  const classes = new Map<string, string>();
  const rows = Array.from({ length: used }, (_, row) => {
    const line = terminal.buffer.active.getLine(baseY + row);
    return line === undefined ? "" : rowOf(runsOf(line, terminal.cols, colours, mask), row, classes);
  }).filter((row) => row !== "");
  const [width, height] = [terminal.cols * CELL + 2 * MARGIN, used * LINE + 2 * MARGIN];
  const caret = window.caret
    ? `<rect class="caret" x="${px(MARGIN + cursorX * CELL)}" y="${MARGIN + cursorY * LINE}" width="1.6" height="${LINE - 2}"/>\n`
    : "";
  const styles = [...classes].map(([style, mark]) => `.${mark}{${style}}`).join(" ");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${px(width)} ${height}" role="img" aria-label="${escaped(name)}">
<style>text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:${look.foreground};white-space:pre} .caret{fill:${look.foreground}} ${styles}</style>
<rect width="100%" height="100%" rx="8" fill="${look.background}"/>
${rows.join("\n")}
${caret}</svg>
`;
}

/** Numbers with one digit behind the point are near enough. */
const px = (value: number) => String(Number(value.toFixed(1)));
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** One row. What has a style of its own gets a class; a rule is drawn as a line, as its characters leave gaps in most fonts. */
function rowOf(runs: readonly Run[], row: number, classes: Map<string, string>): string {
  const top = MARGIN + row * LINE;
  return runs
    .map(({ column, text, style }) => {
      const mark = style === "" ? "" : ` class="${classOf(style, classes)}"`;
      const x = px(MARGIN + column * CELL);
      if (/^─+$/.test(text))
        return `<rect${mark} x="${x}" y="${top + LINE / 2}" width="${px(text.length * CELL)}" height="1"/>`;
      return `<text${mark} x="${x}" y="${px(top + FOOT)}">${escaped(text)}</text>`;
    })
    .join("");
}

function classOf(style: string, classes: Map<string, string>): string {
  const known = classes.get(style) ?? `s${classes.size}`;
  classes.set(style, known);
  return known;
}

/** The runs of a row. Blanks begin a new one, and so does a character that is not one plain cell wide: no font moves what follows. */
function runsOf(line: IBufferLine, columns: number, colours: (index: number) => string, mask: Mask): Run[] {
  const masked = maskedCells(line, columns, mask);
  const runs: Run[] = [];
  for (let column = 0; column < columns; column++) {
    const cell = line.getCell(column);
    const text = masked[column] ?? "";
    if (cell === undefined || cell.getWidth() === 0 || text === "" || text === " ") continue;
    const style = styleOf(cell, colours);
    const last = runs.at(-1);
    const joins = last !== undefined && last.style === style && joined(last, text, column);
    if (joins) last.text += " ".repeat(column - last.column - last.text.length) + text;
    else runs.push({ column, text, style });
  }
  return runs;
}

/** Letters join over one blank; other characters only their like. */
function joined(last: Run, text: string, column: number): boolean {
  const gap = column - last.column - last.text.length;
  if (text === "─") return gap === 0 && /^─+$/.test(last.text);
  return gap >= 0 && gap <= 1 && /^[!-~]$/.test(text) && /^[ -~]+$/.test(last.text);
}

function maskedCells(line: IBufferLine, columns: number, mask: Mask): string[] {
  const cells = Array.from({ length: columns }, (_, at) => line.getCell(at)?.getChars() || " ");
  const row = cells.join("");
  const shown = mask(row);
  if (shown === row) return cells;
  // What is masked is plain text of one cell a character, as long as before.
  if (shown.length !== row.length || row.length !== columns) throw new Error(`cannot be masked: ${row}`);
  return [...shown];
}

function styleOf(cell: IBufferCell, colours: (index: number) => string): string {
  const parts: string[] = [];
  if (cell.isFgRGB()) parts.push(`fill:#${cell.getFgColor().toString(16).padStart(6, "0")}`);
  else if (cell.isFgPalette()) parts.push(`fill:${colours(cell.getFgColor())}`);
  if (cell.isDim()) parts.push("opacity:.6");
  if (cell.isBold()) parts.push("font-weight:bold");
  if (cell.isItalic()) parts.push("font-style:italic");
  if (cell.isUnderline()) parts.push("text-decoration:underline");
  if (cell.isStrikethrough()) parts.push("text-decoration:line-through");
  if (cell.isInverse()) parts.push("text-decoration:underline overline");
  return parts.join(";");
}
