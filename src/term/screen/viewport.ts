import type { SafeText } from "../safe-text.ts";
import type { Picture, RowPlace } from "./picture.ts";

/**
 * The conversation as one column of rows, the block behind the last one being what is live. What something costs depends on the rows
 * that are passed, never on how many there are.
 */
class Column {
  readonly #picture: Picture;

  constructor(picture: Picture) {
    this.#picture = picture;
  }

  /** The last row; −1 where there is none at all. */
  last(): RowPlace {
    const { history, live } = this.#picture;
    return this.#settled({ block: history.end, row: live.length - 1 });
  }

  /** A row that there is: the one that is named, or the nearest above it. */
  found({ block, row }: RowPlace): RowPlace {
    const { first, end } = this.#picture.history;
    const inside = Math.min(Math.max(block, first), end);
    return this.#settled({ block: inside, row: Math.min(row, this.#rows(inside) - 1) });
  }

  /** So many rows down, at most to the last. */
  down(from: RowPlace, rows: number): RowPlace {
    let { block, row } = from;
    let left = rows;
    for (let count = this.#rows(block); row + left >= count; count = this.#rows(block)) {
      if (block >= this.#picture.history.end) return this.last();
      left -= count - row;
      block++;
      row = 0;
    }
    return { block, row: row + left };
  }

  /** Rows that end at a place, at most so many. */
  above({ block, row }: RowPlace, rows: number): SafeText[] {
    if (rows <= 0) return [];
    const parts = [
      this.#lines(block)
        .slice(0, row + 1)
        .slice(-rows),
    ];
    let left = rows - (parts[0]?.length ?? 0);
    for (let at = block - 1; at >= this.#picture.history.first && left > 0; at--) {
      const part = this.#lines(at).slice(-left);
      parts.push(part);
      left -= part.length;
    }
    return parts.reverse().flat();
  }

  /** The same place, in a block that has lines. */
  #settled({ block, row }: RowPlace): RowPlace {
    let [at, line] = [block, row];
    while (line < 0 && at > this.#picture.history.first) {
      at--;
      line = this.#rows(at) - 1;
    }
    return { block: at, row: line };
  }

  #rows(block: number): number {
    const { history, live } = this.#picture;
    return block >= history.end ? live.length : history.rows(block);
  }

  #lines(block: number): readonly SafeText[] {
    const { history, live } = this.#picture;
    return block >= history.end ? live : history.lines(block);
  }
}

/** Which rows of a conversation a window shows, at most `rows`, and whether its end is among them. */
export function rowsInWindow(picture: Picture, rows: number): { shown: readonly SafeText[]; end: boolean } {
  const column = new Column(picture);
  const last = column.last();
  const wanted = picture.bottom === null ? last : column.found(picture.bottom);
  const shown = column.above(wanted, rows);
  // Where the first row is reached, the window begins with it and is as full as can be.
  const bottom = shown.length < rows ? column.down(wanted, rows - shown.length) : wanted;
  const end = bottom.block === last.block && bottom.row === last.row;
  return { shown: shown.length < rows ? column.above(bottom, rows) : shown, end };
}
