import type { Block, GrowingList, Look } from "../../view/index.ts";
import { type LineMemo, sameLook } from "./memo.ts";

/**
 * Rows between two places of a log, without adding them up each time: sums are kept from where one first looked, towards the end
 * as the log grows, towards the beginning as one scrolls there.
 */
export class RowSums {
  readonly #memo: LineMemo;
  #look: Look | null = null;
  /** The last block that is summed up, to tell the log from another one. */
  #last: Block | undefined;
  #base = 0;
  /** Rows from the base up to each block behind it, and from each before it up to the base. */
  #behind = [0];
  #before = [0];

  constructor(memo: LineMemo) {
    this.#memo = memo;
  }

  /** Rows of the blocks from `from` up to the end. */
  below(log: GrowingList<Block>, from: number, look: Look): number {
    this.#ready(log, look);
    return this.#place(log, log.length, look) - this.#place(log, from, look);
  }

  /** The last block from whose beginning at least so many rows lie up to the end; 0 when there are fewer. */
  reaching(log: GrowingList<Block>, rows: number, look: Look): number {
    this.#ready(log, look);
    const end = this.#place(log, log.length, look);
    // Only as far up as is needed is drawn.
    let step = 64;
    while (log.length - step > 0 && end - this.#place(log, log.length - step, look) < rows) step *= 2;
    let low = Math.max(0, log.length - step);
    let high = log.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (end - this.#place(log, middle, look) >= rows) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #ready(log: GrowingList<Block>, look: Look): void {
    const summed = this.#base + this.#behind.length - 1;
    const known = this.#look !== null && sameLook(this.#look, look) && summed <= log.length;
    if (known && log.at(summed - 1) === this.#last) return;
    this.#look = look;
    this.#base = log.length;
    this.#last = log.at(-1);
    this.#behind = [0];
    this.#before = [0];
  }

  /** Where a block begins, in rows from the base. */
  #place(log: GrowingList<Block>, index: number, look: Look): number {
    for (let at = this.#base + this.#behind.length - 1; at < index; at++) {
      this.#behind.push((this.#behind.at(-1) ?? 0) + this.#memo.rows(log, at, look));
      this.#last = log.at(at);
    }
    for (let at = this.#base - this.#before.length; at >= index; at--)
      this.#before.push((this.#before.at(-1) ?? 0) + this.#memo.rows(log, at, look));
    return index >= this.#base ? (this.#behind[index - this.#base] ?? 0) : -(this.#before[this.#base - index] ?? 0);
  }
}
