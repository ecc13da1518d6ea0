import { rowsOf } from "../fit.ts";
import { frame, rowText } from "./row.ts";

const LINE_END = "\r\n";
const ERASE_BELOW = "\x1b[J";
const up = (rows: number) => (rows > 0 ? `\x1b[${rows}A` : "");
const down = (rows: number) => (rows > 0 ? `\x1b[${rows}B` : "");

/**
 * The rows at the end of the main screen that are painted anew: below them nothing, above them what was printed and is never touched
 * again. Knows where the cursor is only from where it put it, so it moves by rows and never to a place of the window.
 */
export class Region {
  #rows: readonly string[] = [];
  /** Of the window that the rows were written for; 0: nothing is known of what is on the screen. */
  #columns = 0;
  /** Where the cursor is, and where the caret was put. */
  #row = 0;
  #column = 0;
  #hidden = false;

  /** The next frame takes the rows away and writes all of them. */
  forget(): void {
    this.#columns = 0;
  }

  /** What prints lines above, and then shows these rows; "": nothing has changed. `caret`: in these rows; null: hidden. */
  frame(
    printed: readonly string[],
    rows: readonly string[],
    columns: number,
    caret: { row: number; column: number } | null,
  ): string {
    const first = columns === this.#columns ? "" : this.erase(columns);
    this.#columns = columns;
    const before = { row: this.#row, column: this.#column, hidden: this.#hidden };
    const body = first + (printed.length > 0 ? this.#print(printed, rows) : this.#update(rows));
    const last = Math.max(0, rows.length - 1);
    const to = caret ?? { row: last, column: 0 };
    const column = Math.min(to.column, columns - 1);
    const stays = body === "" && before.row === to.row && before.column === column;
    const move = `${this.#to(to.row)}\r${column > 0 ? `\x1b[${column}C` : ""}`;
    this.#column = column;
    this.#hidden = caret === null;
    return stays && before.hidden === this.#hidden ? "" : frame(body, caret === null ? null : move, move);
  }

  /** Takes the rows off the screen of so many columns, which may have broken them anew; the cursor stands where they began. */
  erase(columns: number): string {
    const above = this.#rows.slice(0, this.#row).reduce((sum, row) => sum + rowsOf(row, columns), 0);
    // Behind the end of its row the caret does not go on to another one.
    const within = rowsOf(this.#rows[this.#row] ?? "", columns, this.#column + 1) - 1;
    const text = `\r${up(above + within)}${ERASE_BELOW}`;
    [this.#rows, this.#row, this.#column] = [[], 0, 0];
    return text;
  }

  /** Lines in the place of the rows, and the rows below them. */
  #print(printed: readonly string[], rows: readonly string[]): string {
    const old = this.#rows.length;
    const all = [...printed, ...rows];
    let text = this.#to(0) + all.map((line) => `\r${rowText(line, this.#columns)}`).join(LINE_END);
    this.#row = Math.max(0, rows.length - 1);
    // Without rows the cursor goes below what was printed.
    if (rows.length === 0) text += LINE_END;
    const left = old - all.length;
    if (left > 0) text += rows.length === 0 ? ERASE_BELOW : `${LINE_END}${ERASE_BELOW}${up(1)}`;
    this.#rows = rows;
    return text;
  }

  /** The rows that changed. */
  #update(rows: readonly string[]): string {
    const old = this.#rows;
    let text = "";
    rows.forEach((row, index) => {
      if (row === old[index]) return;
      const there = index < Math.max(1, old.length);
      text += `${there ? this.#to(index) : this.#to(index - 1) + LINE_END}\r${rowText(row, this.#columns)}`;
      this.#row = index;
    });
    if (rows.length < old.length) text += `${this.#to(rows.length)}\r${ERASE_BELOW}`;
    this.#rows = rows;
    return text;
  }

  /** Moves the cursor to a row that is on the screen. */
  #to(row: number): string {
    const text = row < this.#row ? up(this.#row - row) : down(row - this.#row);
    this.#row = row;
    return text;
  }
}
