import { frame, rowText } from "./row.ts";

const place = (row: number, column: number) => `\x1b[${row + 1};${column + 1}H`;

/** A whole window of which only rows that changed are written. */
export class Grid {
  #shown: readonly (string | null)[] = [];
  #columns = 0;
  #caret: string | null = null;

  /** Nothing is known of what the window shows. */
  forget(): void {
    this.#shown = [];
  }

  /** What has to be written so that the window shows these rows and this caret; "": nothing. */
  frame(rows: readonly string[], columns: number, caret: { row: number; column: number } | null): string {
    if (columns !== this.#columns) this.forget();
    const old = this.#shown;
    const changed = rows.flatMap((row, index) => (row === old[index] ? [] : [place(index, 0) + rowText(row, columns)]));
    const at = caret === null ? null : place(caret.row, Math.min(caret.column, columns - 1));
    const moved = at !== this.#caret || old.length === 0;
    this.#shown = rows;
    this.#columns = columns;
    this.#caret = at;
    return changed.length > 0 || moved ? frame(changed.join(""), at, "") : "";
  }
}
