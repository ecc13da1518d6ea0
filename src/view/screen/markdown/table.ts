import type { Look } from "../contract.ts";
import { blanks, exact, hanging, inPaint, type Line, lineWidth, wrappedLine } from "../text/line.ts";
import { inlineLines } from "./inline.ts";
import type { Element } from "./tree.ts";

interface Cell {
  line: Line;
  align: "left" | "center" | "right";
}

/** Cells between two columns. */
const GAP = 2;
/** A column that is narrower is not readable: the table is shown as one line a cell then. */
const MIN_WIDTH = 6;

/** A table as wide as it needs, at most as wide as the window: columns side by side, a rule below the head, no box. */
export function tableRows(table: Element, look: Look, columns: number): Line[] {
  const [head = [], ...body] = cellRows(table, look);
  const widths = widthsOf([head, ...body], columns);
  if (widths === null) return records(head, body, look, columns);
  const titles = head.map(({ line, ...cell }) => ({ ...cell, line: inPaint(line, look.theme.bold) }));
  const rule = [exact(widths.map((width) => "─".repeat(width)).join(" ".repeat(GAP)), look.theme.dim)];
  return [...oneRow(titles, widths), rule, ...body.flatMap((cells) => oneRow(cells, widths))];
}

function cellRows(node: Element, look: Look): Cell[][] {
  const elements = node.children.filter((child): child is Element => typeof child !== "string");
  if (node.type !== "tr") return elements.flatMap((child) => cellRows(child, look));
  return [elements.map((cell) => ({ line: cellLine(cell, look), align: alignOf(cell.props.align) }))];
}

function cellLine(cell: Element, look: Look): Line {
  return inlineLines(cell.children, look).flatMap((line, index) => (index === 0 ? line : [exact(" "), ...line]));
}

const alignOf = (value: unknown): Cell["align"] => (value === "center" || value === "right" ? value : "left");

/** As wide as the widest cell of each; when that is too much, the widest give way. null: they cannot give so much. */
function widthsOf(rows: readonly Cell[][], columns: number): number[] | null {
  const count = Math.max(1, ...rows.map((cells) => cells.length));
  const widths = Array.from({ length: count }, (_, at) =>
    rows.reduce((most, cells) => Math.max(most, lineWidth(cells[at]?.line ?? [])), 1),
  );
  const room = columns - GAP * (count - 1);
  const least = widths.reduce((sum, width) => sum + Math.min(width, MIN_WIDTH), 0);
  return least > room ? null : levelled(widths, room);
}

/** Cuts the widest to a common width, so that all fit. */
function levelled(widths: readonly number[], room: number): number[] {
  const inOrder = [...widths].sort((a, b) => a - b);
  let rest = room;
  for (const [index, width] of inOrder.entries()) {
    const share = Math.floor(rest / (widths.length - index));
    if (width > share) return widths.map((own) => Math.min(own, share));
    rest -= width;
  }
  return [...widths];
}

function oneRow(cells: readonly Cell[], widths: readonly number[]): Line[] {
  const parts = widths.map((width, at) => wrappedLine(cells[at]?.line ?? [], width));
  const height = Math.max(...parts.map((rows) => rows.length));
  return Array.from({ length: height }, (_, row) =>
    widths.flatMap((width, at) => {
      const line = parts[at]?.[row] ?? [];
      const last = at === widths.length - 1;
      const space = width - lineWidth(line);
      const before = beforeOf(cells[at]?.align ?? "left", space);
      return [blanks(before), ...line, blanks(last ? 0 : space - before + GAP)];
    }),
  );
}

function beforeOf(align: Cell["align"], space: number): number {
  return align === "right" ? space : align === "center" ? space >> 1 : 0;
}

/** `title: cell`, one below the other, a blank row between two rows of the table. */
function records(head: readonly Cell[], body: readonly Cell[][], look: Look, columns: number): Line[] {
  return body.flatMap((cells, index) => [
    ...(index === 0 ? [] : [[]]),
    ...cells.flatMap(({ line }, at) => {
      const title = inPaint(head[at]?.line ?? [], look.theme.bold);
      return hanging(wrappedLine([...title, exact(": "), ...line], columns - 2), [], [exact("  ")]);
    }),
  ]);
}
