import { cells, graphemes, withoutTabs } from "./measure.ts";

/** How a piece of a line is drawn: the sequences that begin and that end it. */
interface Pen {
  open: string;
  close: string;
  /** SGR parameters by what they set, in the order in which they were set. */
  set: ReadonlyMap<string, string>;
  link: string;
}

/** What a reader takes for one character, the cells that it fills, and how it is drawn. */
export interface Glyph {
  text: string;
  width: number;
  pen: Pen;
}

/** Stops of a tab, in cells, as terminals have them. */
const TAB = 8;

/** A style or a link: what `SafeText` writes besides text. */
const SEQUENCE = /\x1b\[([0-9;:]*)m|\x1b\]8;[^;\x1b]*;([^\x1b]*)\x1b\\/g;
const NO_PEN: Pen = { open: "", close: "", set: new Map(), link: "" };

/** Cells of a line; a tab goes to the next stop. */
export function widthOf(line: string): number {
  return cells(withoutTabs(line, TAB));
}

/** The glyphs of one line, tabs as blanks. A character of more than two cells (notes of music, stacked by marks with a width) is taken apart. */
export function glyphsOf(line: string): Glyph[] {
  const glyphs: Glyph[] = [];
  let pen = NO_PEN;
  let width = 0;
  let at = 0;
  const take = (text: string) => {
    for (const { text: character } of graphemes(text)) {
      const shown = character === "\t" ? " ".repeat(TAB - (width % TAB)) : character;
      const parts = cells(shown) > 2 ? [...shown] : [shown];
      for (const text of parts) glyphs.push({ text, width: cells(text), pen });
      width += cells(shown);
    }
  };
  for (const match of line.matchAll(SEQUENCE)) {
    take(line.slice(at, match.index));
    at = match.index + match[0].length;
    pen = match[1] === undefined ? penOf(pen.set, match[2] ?? "") : penOf(afterSgr(pen.set, match[1]), pen.link);
  }
  take(line.slice(at));
  return glyphs;
}

/** A line of glyphs. Each style that it begins it ends, so that lines can stand anywhere. */
export function lineOf(glyphs: readonly Glyph[]): string {
  let line = "";
  let pen = NO_PEN;
  for (const glyph of glyphs) {
    if (glyph.pen !== pen && glyph.pen.open !== pen.open) line += pen.close + glyph.pen.open;
    pen = glyph.pen;
    line += glyph.text;
  }
  return line + pen.close;
}

function penOf(set: ReadonlyMap<string, string>, link: string): Pen {
  if (set.size === 0 && link === "") return NO_PEN;
  const styled = set.size > 0 ? `\x1b[${[...set.values()].join(";")}m` : "";
  const ends = [...new Set([...set.keys()].map((what) => END[what] ?? what))].join(";");
  return {
    open: (link === "" ? "" : `\x1b]8;;${link}\x1b\\`) + styled,
    close: (ends === "" ? "" : `\x1b[${ends}m`) + (link === "" ? "" : "\x1b]8;;\x1b\\"),
    set,
    link,
  };
}

/** Bold and dim are two things with one end (ECMA-48, 8.3.117); everything else is known by the parameter that ends it. */
const END: Record<string, string> = { bold: "22", dim: "22" };

/** What is set after the parameters of one SGR. */
function afterSgr(before: ReadonlyMap<string, string>, parameters: string): Map<string, string> {
  const set = new Map(before);
  const codes = parameters.split(";");
  for (let index = 0; index < codes.length; index++) {
    const code = Number(codes[index]?.split(":")[0] ?? 0);
    // 38 and 48 take what follows: 5 and an index, or 2 and three parts.
    const more = (code === 38 || code === 48) && !codes[index]?.includes(":") ? (codes[index + 1] === "2" ? 4 : 2) : 0;
    setCode(set, code, codes.slice(index, index + more + 1).join(";"));
    index += more;
  }
  return set;
}

function setCode(set: Map<string, string>, code: number, parameters: string): void {
  const what = subject(code);
  if (code === 0) set.clear();
  else if (what === null) for (const ended of code === 22 ? ["bold", "dim"] : [String(code)]) set.delete(ended);
  else {
    set.delete(what);
    set.set(what, parameters);
  }
}

/** What a parameter sets, by the one that ends it; null: it ends something. */
function subject(code: number): string | null {
  if (code === 1) return "bold";
  if (code === 2) return "dim";
  if (code >= 3 && code <= 9) return String(code + 20);
  if ((code >= 30 && code <= 38) || (code >= 90 && code <= 97)) return "39";
  if ((code >= 40 && code <= 48) || (code >= 100 && code <= 107)) return "49";
  return null;
}
