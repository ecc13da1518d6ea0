import { match } from "ts-pattern";
import { withoutPlanTags } from "../../plan-tags.ts";
import type { Look } from "../contract.ts";
import { blanks, cut, exact, hanging, type Line, lineWidth, type Paint, reading, wrappedLine } from "../text/line.ts";
import { hasStyles } from "../text/paint.ts";
import { codeRows } from "./code.ts";
import { inlineLines } from "./inline.ts";
import { tableRows } from "./table.ts";
import { type Element, type Node, parse, plainText, textProp } from "./tree.ts";

/** Columns that prose is wrapped at: longer rows are hard to read. */
export const PROSE_COLUMNS = 100;
/** A piece of Markdown that is longer is data: it is shown as it stands and never parsed. UTF-16 units. */
const MARKDOWN_LIMIT = 500_000;
/** The least cells that are left to what is set in, however deep it lies. */
const MIN_COLUMNS = 8;

/** Markdown as rows of the screen. */
export function markdownRows(text: string, look: Look): Line[] {
  const markdown = withoutPlanTags(text);
  if (markdown.length > MARKDOWN_LIMIT)
    return markdown.split(/\r?\n/).flatMap((line) => wrappedLine([reading(line)], look.columns, "cells"));
  return blockRows(parse(markdown), { look, columns: look.columns, paint: null });
}

interface Place {
  look: Look;
  /** Cells that a row may take here. */
  columns: number;
  paint: Paint | null;
}

const BLOCKS = new Set([
  "p",
  "ul",
  "ol",
  "pre",
  "blockquote",
  "table",
  "hr",
  "html",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
]);
const isBlock = (node: Node): node is Element => typeof node !== "string" && BLOCKS.has(node.type);

/** Blocks with a blank row between; text that stands in no paragraph (that of tight lists) is closer. */
function blockRows(nodes: readonly Node[], place: Place): Line[] {
  const rows: Line[] = [];
  let inline: Node[] = [];
  const flush = () => {
    if (inline.length > 0) rows.push(...textRows(inline, place));
    inline = [];
  };
  nodes.forEach((node, index) => {
    if (!isBlock(node)) {
      inline.push(node);
      return;
    }
    flush();
    const before = nodes[index - 1];
    const tight = before === undefined || (!isBlock(before) && (node.type === "ul" || node.type === "ol"));
    const own = oneBlock(node, place);
    if (rows.length > 0 && own.length > 0 && !tight) rows.push([]);
    rows.push(...own);
  });
  flush();
  return rows;
}

function oneBlock(node: Element, place: Place): Line[] {
  const { look, columns, paint } = place;
  return match(node.type)
    .returnType<Line[]>()
    .with("p", () => textRows(node.children, place))
    .with("h1", "h2", "h3", "h4", "h5", "h6", (type) => headingRows(node, Number(type[1]), place))
    .with("ul", "ol", () => listRows(node, place))
    .with("blockquote", () => {
      const mark = roomFor([exact("> ", look.theme.dim)], place);
      return hanging(blockRows(node.children, inner(place, lineWidth(mark), paint)), mark, mark);
    })
    .with("pre", () => codeRows(plainText(node.children), textProp(node, "language"), look, columns))
    .with("table", () => tableRows(node, look, columns))
    .with("hr", () => [[exact("────────", look.theme.dim)]])
    .otherwise(() => textRows([plainText(node.children).trimEnd()], place));
}

function inner(place: Place, by: number, paint: Paint | null): Place {
  return { ...place, columns: place.columns - by, paint };
}

/** A mark, where it leaves enough to what it marks: deep in narrow windows the text matters more than how far it is set in. */
function roomFor(mark: Line, { columns }: Place): Line {
  return columns - lineWidth(mark) < MIN_COLUMNS ? [] : mark;
}

function textRows(nodes: readonly Node[], { look, columns, paint }: Place): Line[] {
  const most = Math.min(columns, PROSE_COLUMNS);
  return inlineLines(nodes, look, paint).flatMap((line) => wrappedLine(line, most));
}

/** A heading is bold, a high one in the accent; without styles its mark stays. */
function headingRows(node: Element, level: number, place: Place): Line[] {
  const { theme } = place.look;
  const paint: Paint = level <= 2 ? (text) => theme.bold(theme.accent(text)) : theme.bold;
  const mark = hasStyles(theme) ? [] : roomFor([exact(`${"#".repeat(level)} `)], place);
  const room = inner(place, lineWidth(mark), paint);
  return hanging(textRows(node.children, room), mark, mark);
}

function listRows(list: Element, place: Place): Line[] {
  const first = typeof list.props.start === "number" ? list.props.start : 1;
  const items = list.children.filter((node): node is Element => typeof node !== "string");
  const wide = `${first + items.length - 1}. `.length;
  const loose = items.some(({ children }) => children.some((node) => typeof node !== "string" && node.type === "p"));
  return items.flatMap((item, index) => {
    const mark = list.type === "ol" ? `${first + index}. `.padStart(wide) : "- ";
    const rows = itemRows(item, mark, place);
    return loose && index > 0 ? [[], ...rows] : rows;
  });
}

/** What an item holds hangs beside its mark; where that leaves too little, it stands below it. */
function itemRows(item: Element, mark: string, place: Place): Line[] {
  const { theme } = place.look;
  const task = typeof item.props.checked === "boolean" ? (item.props.checked ? "[x] " : "[ ] ") : "";
  const marks = [exact(mark, theme.dim), exact(task, theme.accent)];
  const beside = roomFor(marks, place);
  const rows = blockRows(item.children, inner(place, lineWidth(beside), place.paint));
  if (beside.length === 0) return [cut(marks, place.columns), ...rows];
  return hanging(rows.length > 0 ? rows : [[]], beside, [blanks(lineWidth(beside))]);
}
