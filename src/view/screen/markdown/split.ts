/**
 * An answer that comes in pieces, parted into blocks of Markdown that are finished and what may still grow. A value: every
 * step makes a new one. Where the text is cut depends on whole lines alone, so it is the same whatever the pieces are, and
 * no line is looked at twice.
 */
export interface Split {
  /** The blocks that the last step finished; empty when none. */
  done: string;
  /** What comes after all finished blocks. */
  rest: string;
  /** The last line of the rest, which has no end yet. */
  line: string;
  /** What the rest is in the middle of. */
  within: Within;
}

type Within =
  /** Nothing: blank lines. */
  | { type: "none" }
  /** Lines up to a blank one: a paragraph, a table, a quotation. */
  | { type: "lines" }
  /** A list: up to a line that stands at the edge after a blank one. `blank`: the last line was blank. */
  | { type: "list"; blank: boolean; fence: Fence | null }
  | { type: "fence"; fence: Fence }
  /** HTML that ends with a mark of its own. */
  | { type: "html"; end: string };

interface Fence {
  mark: string;
  length: number;
  /** Blanks before it. */
  indent: number;
}

export const emptySplit: Split = Object.freeze<Split>({ done: "", rest: "", line: "", within: { type: "none" } });

/** Goes on with the next piece of the answer. */
export function splitMore(before: Split, piece: string): Split {
  const parts = piece.split("\n");
  let { rest, line, within } = before;
  const done: string[] = [];
  for (const [index, part] of parts.entries()) {
    const ends = index < parts.length - 1;
    const added = ends ? `${part}\n` : part;
    if (!ends) {
      line += added;
      rest += added;
      break;
    }
    const whole = (line + part).replace(/\r$/, "");
    const next = step(within, whole);
    if (next.cut === "before") {
      // What was read of this line lies at the end of the rest.
      done.push(rest.slice(0, rest.length - line.length));
      rest = line + added;
    } else rest += added;
    if (next.cut === "after") {
      done.push(rest);
      rest = "";
    }
    within = next.within;
    line = "";
  }
  return { done: done.join(""), rest, line, within };
}

/** The finished blocks of Markdown at the beginning of a text (a paragraph, a list, a fence, a table), and what may still grow. */
export function splitMarkdown(text: string): { done: string; rest: string } {
  const { done, rest } = splitMore(emptySplit, text);
  return { done, rest };
}

interface Next {
  within: Within;
  /** Whether a block ends before or after this line. */
  cut: "before" | "after" | null;
}

const NONE: Within = { type: "none" };
const LINES: Within = { type: "lines" };

function step(within: Within, line: string): Next {
  const blank = line.trim() === "";
  switch (within.type) {
    case "none":
      return blank ? { within, cut: null } : begun(line, null);
    case "lines":
      // A fence ends a paragraph without a blank line; it is drawn apart all the same.
      if (blank) return { within: NONE, cut: "after" };
      return fenceAt(line, 3) ? begun(line, "before") : { within, cut: null };
    case "fence":
      return closes(line, within.fence) ? { within: NONE, cut: "after" } : { within, cut: null };
    case "html":
      return line.includes(within.end) ? { within: NONE, cut: "after" } : { within, cut: null };
    case "list":
      return inList(within, line, blank);
  }
}

function begun(line: string, cut: Next["cut"]): Next {
  const fence = fenceAt(line, 3);
  if (fence) return { within: { type: "fence", fence }, cut };
  if (ITEM.test(line)) return { within: { type: "list", blank: false, fence: null }, cut };
  const end = htmlEnd(line);
  if (end !== null) return { within: line.includes(end) ? LINES : { type: "html", end }, cut };
  return { within: LINES, cut };
}

function inList(list: Extract<Within, { type: "list" }>, line: string, blank: boolean): Next {
  const edge = indentOf(line) < 2;
  const { fence } = list;
  // A line at the edge ends the item, and with it a fence that stands in it.
  if (fence !== null && (blank || !edge)) {
    return { within: { ...list, blank: false, fence: closes(line, fence) ? null : fence }, cut: null };
  }
  if (blank) return { within: { ...list, blank: true }, cut: null };
  const opened = fenceAt(line, Number.POSITIVE_INFINITY);
  if (edge && opened) return begun(line, "before");
  if (edge && list.blank && !ITEM.test(line)) return begun(line, "before");
  return { within: { type: "list", blank: false, fence: opened ?? inItem(line) }, cut: null };
}

/** `- `, `* `, `+ `, `1. `, `1) `. Not a rule of three such marks. */
const ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)(?!(?:\s*[-*+]){2,}\s*$)/;
const FENCE = /^(\s*)(`{3,}(?=[^`]*$)|~{3,})/;
const ITEM_FENCE = /^(\s*(?:[-*+]|\d{1,9}[.)])\s+)(`{3,}(?=[^`]*$)|~{3,})/;

function fenceAt(line: string, indent: number): Fence | null {
  return fenceOf(FENCE.exec(line), indent);
}

/** A fence that begins beside the mark of an item. */
function inItem(line: string): Fence | null {
  return fenceOf(ITEM_FENCE.exec(line), Number.POSITIVE_INFINITY);
}

function fenceOf(found: RegExpExecArray | null, indent: number): Fence | null {
  const [, before = "", mark = ""] = found ?? [];
  if (mark === "" || before.length > indent) return null;
  return { mark: mark.charAt(0), length: mark.length, indent: before.length };
}

function closes(line: string, { mark, length }: Fence): boolean {
  const text = line.trim();
  return text.length >= length && text === mark.repeat(text.length);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Blocks of HTML that end by a mark and not by a blank line (CommonMark 0.31, 4.6, kinds 1 to 5). */
function htmlEnd(line: string): string | null {
  const [, tag = ""] = /^ {0,3}<(pre|script|style|textarea|!--|\?|!\[CDATA\[)/i.exec(line) ?? [];
  const ends: Record<string, string> = { "!--": "-->", "?": "?>", "![CDATA[": "]]>" };
  if (tag === "") return null;
  return ends[tag] ?? `</${tag.toLowerCase()}>`;
}
