import type { SafeText } from "../safe-text.ts";
import type { Picture } from "./picture.ts";

/** A row of the conversation: line `line` of block `block`; the block behind the last one is what is live. */
interface Place {
  block: number;
  line: number;
}

/** A terminal's rows are counted in 16 bits: no one scrolls as far by rows, so this is a jump to the beginning. */
const JUMP = 2 ** 31;

/** The conversation as one column of rows, of which only those are asked for that are looked at. */
class Content {
  readonly #picture: Picture;

  constructor(picture: Picture) {
    this.#picture = picture;
  }

  get blocks(): number {
    return this.#picture.history.length + 1;
  }

  lines(block: number): readonly SafeText[] {
    const { history, live } = this.#picture;
    return block < history.length ? history.lines(block) : live;
  }

  /** The last row; its line is −1 where there is none at all. */
  last(): Place {
    return this.up({ block: this.blocks, line: 0 }, 1);
  }

  /** So many rows up, at most to the first. */
  up({ block, line }: Place, rows: number): Place {
    if (rows >= JUMP) return { block: 0, line: 0 };
    let left = rows;
    let at = { block, line };
    while (left > at.line && at.block > 0) {
      left -= at.line + 1;
      at = { block: at.block - 1, line: this.lines(at.block - 1).length - 1 };
    }
    return { block: at.block, line: Math.max(at.line - left, Math.min(0, at.line)) };
  }

  /** So many rows down; null: that is the end. */
  down({ block, line }: Place, rows: number): Place | null {
    let left = rows;
    let at = { block, line };
    for (let count = this.lines(at.block).length; at.line + left >= count; count = this.lines(at.block).length) {
      left -= count - at.line;
      at = { block: at.block + 1, line: 0 };
      if (at.block >= this.blocks) return null;
    }
    return { block: at.block, line: at.line + left };
  }

  /** Rows that end at a place, at most so many. */
  above({ block, line }: Place, rows: number): SafeText[] {
    const parts: (readonly SafeText[])[] = [];
    let left = rows;
    for (let at = block, end = line + 1; at >= 0 && left > 0; at--, end = this.lines(Math.max(at, 0)).length) {
      const part = this.lines(at).slice(Math.max(0, end - left), end);
      parts.push(part);
      left -= part.length;
    }
    return parts.reverse().flat();
  }
}

/** Which rows of a conversation a window shows. It follows the end, or stays where a person has scrolled to. */
export class Viewport {
  /** The last row that is shown; null: the end, wherever that will be. */
  #last: Place | null = null;
  #thread: number | null = null;
  #scroll = 0;
  #columns = 0;
  /** Lines that the block of the last row had, to find the row again when lines are broken anew. */
  #of = 0;

  /** Whether the end of the conversation is shown. */
  get atEnd(): boolean {
    return this.#last === null;
  }

  /** The rows that a window of a conversation shows, at most `rows`. */
  rows(picture: Picture, rows: number, columns: number): readonly SafeText[] {
    const content = new Content(picture);
    this.#follow(picture, content, columns);
    const shown = content.above(this.#last ?? content.last(), rows);
    if (this.#last === null || shown.length === rows) return this.#remember(content, columns, shown);
    // The first row is reached: the window begins with it, and is as full as can be.
    this.#last = content.down(this.#last, rows - shown.length);
    return this.#remember(content, columns, content.above(this.#last ?? content.last(), rows));
  }

  #follow({ thread, scroll }: Picture, content: Content, columns: number): void {
    if (thread !== this.#thread) [this.#thread, this.#last, this.#scroll] = [thread, null, 0];
    const moved = scroll - this.#scroll;
    this.#scroll = scroll;
    if (scroll === 0) this.#last = null;
    if (this.#last !== null) this.#last = this.#found(this.#last, content, columns);
    if (scroll === 0 || moved === 0) return;
    if (moved > 0) this.#last = content.up(this.#last ?? content.last(), moved);
    else if (this.#last !== null) this.#last = content.down(this.#last, -moved);
    if (this.#last !== null && content.down(this.#last, 1) === null) this.#last = null;
  }

  /** The same row after lines were broken anew, or what was live has become a block. */
  #found({ block, line }: Place, content: Content, columns: number): Place | null {
    const count = content.lines(block).length;
    if (columns === this.#columns) return line < count ? { block, line } : content.down({ block, line: 0 }, line);
    return { block, line: Math.min(count - 1, Math.round(((line + 1) / Math.max(1, this.#of)) * count) - 1) };
  }

  #remember(content: Content, columns: number, shown: readonly SafeText[]): readonly SafeText[] {
    this.#columns = columns;
    if (this.#last !== null) this.#of = content.lines(this.#last.block).length;
    return shown;
  }
}
