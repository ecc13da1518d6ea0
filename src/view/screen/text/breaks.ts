import { type Cell, graphemes, isPlain, standsAlone } from "../../../term/index.ts";

/** Where a row begins and ends in its line, in UTF-16 units. */
export type Range = readonly [from: number, to: number];

/** `words`: between words where it can be, blanks at the break left out. `cells`: wherever the row is full, nothing left out. */
export type Breaking = "words" | "cells";

/** What does not begin a row, and what does not end one, in texts that are broken between any two characters (JIS X 4051). */
const NO_START = "、。，．・：；？！）〕］｝〉》」』】ー々…)]}.,:;?!%";
const NO_END = "（〔［｛〈《「『【([{";

/** Parts a line into rows of at most so many cells. One pass, whatever the line is. An empty line is one empty row. */
export function breaks(text: string, columns: number, breaking: Breaking): Range[] {
  const most = Math.max(1, columns);
  if (text.length <= most && (isPlain(text) || (standsAlone(text) && Bun.stringWidth(text) <= most)))
    return [[0, breaking === "words" ? trimmed(text, 0, text.length) : text.length]];
  const rows = new Rows(text, most, breaking);
  for (const cell of graphemes(text)) rows.add(cell);
  return rows.end();
}

class Rows {
  readonly #ranges: Range[] = [];
  readonly #text: string;
  readonly #columns: number;
  readonly #words: boolean;
  #from = 0;
  #used = 0;
  /** The last place where the row may end, and the cells before it. */
  #place = 0;
  #before = 0;
  #last: Cell = { at: 0, text: "", width: 0 };

  constructor(text: string, columns: number, breaking: Breaking) {
    this.#text = text;
    this.#columns = columns;
    this.#words = breaking === "words";
  }

  add(cell: Cell): void {
    const blank = this.#words && cell.text === " ";
    if (this.#words && !blank && this.#mayEnd(cell)) {
      this.#place = cell.at;
      this.#before = this.#used;
    }
    // Blanks at the end of a row hang over it and are left out.
    if (!blank && this.#used + cell.width > this.#columns && cell.at > this.#from) this.#break(cell);
    this.#used += cell.width;
    this.#last = cell;
  }

  end(): Range[] {
    this.#push(this.#text.length);
    return this.#ranges;
  }

  #mayEnd({ text, width }: Cell): boolean {
    if (this.#last.text === " ") return true;
    if (width < 2 && this.#last.width < 2) return false;
    return !NO_START.includes(text) && !(this.#last.text !== "" && NO_END.includes(this.#last.text));
  }

  #break(cell: Cell): void {
    const [to, used] = this.#place > this.#from ? [this.#place, this.#before] : [cell.at, this.#used];
    this.#push(to);
    this.#from = to;
    this.#used -= used;
    // A word that is longer than a row is parted where the row is full.
    if (this.#used + cell.width > this.#columns && cell.at > this.#from) this.#break(cell);
  }

  #push(to: number): void {
    this.#ranges.push([this.#from, this.#words ? trimmed(this.#text, this.#from, to) : to]);
  }
}

function trimmed(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && text.charAt(end - 1) === " ") end--;
  return end;
}
