import { SafeText } from "../../term/index.ts";
import type { Block, Look, Views } from "../../view/index.ts";
import type { BlockLog } from "../past/block-log.ts";

/** Blocks whose lines are kept: what several screens show. The others are drawn again when one scrolls there. */
const KEPT = 2000;

const BLANK = SafeText.of("");

interface Drawn {
  look: Look;
  lines: readonly SafeText[];
  /** The same with a blank line that parts it from what is above; made when it is wanted. */
  apart: readonly SafeText[] | null;
}

/** Lines of the blocks of a log, drawn once for each look. */
export class LineMemo {
  readonly #views: Pick<Views, "block" | "isApart">;
  /** The latest drawn last. */
  readonly #drawn = new Map<Block, Drawn>();
  /** How many lines a block has is kept for all of them: a number is small. */
  readonly #rows = new WeakMap<Block, { look: Look; rows: number }>();

  constructor(views: Pick<Views, "block" | "isApart">) {
    this.#views = views;
  }

  lines(log: BlockLog, index: number, look: Look): readonly SafeText[] {
    const block = log.at(index);
    if (!block) return [];
    const drawn = this.#draw(block, look);
    if (!this.#isApart(log, index, look)) return drawn.lines;
    drawn.apart ??= [BLANK, ...drawn.lines];
    return drawn.apart;
  }

  rows(log: BlockLog, index: number, look: Look): number {
    const block = log.at(index);
    return block ? this.#ownRows(block, look) + (this.#isApart(log, index, look) ? 1 : 0) : 0;
  }

  #ownRows(block: Block, look: Look): number {
    const known = this.#rows.get(block);
    return known && sameLook(known.look, look) ? known.rows : this.#draw(block, look).lines.length;
  }

  #draw(block: Block, look: Look): Drawn {
    const known = this.#drawn.get(block);
    if (known && sameLook(known.look, look)) return known;
    const drawn = { look, lines: this.#views.block(block, look, null), apart: null };
    this.#drawn.delete(block);
    this.#drawn.set(block, drawn);
    this.#rows.set(block, { look, rows: drawn.lines.length });
    const [oldest] = this.#drawn.keys();
    if (this.#drawn.size > KEPT && oldest) this.#drawn.delete(oldest);
    return drawn;
  }

  /** A blank line parts it from the last block over it that has lines. */
  #isApart(log: BlockLog, index: number, look: Look): boolean {
    const block = log.at(index);
    if (!block || this.#ownRows(block, look) === 0) return false;
    for (let at = index - 1; at >= log.first; at--) {
      const above = log.at(at);
      if (above && this.#ownRows(above, look) > 0) return this.#views.isApart(above, block);
    }
    return false;
  }
}

/** Lines of a finished block do not depend on how high the window is. */
export function sameLook(a: Look, b: Look): boolean {
  return (
    a === b || (a.columns === b.columns && a.theme === b.theme && a.words === b.words && a.directory === b.directory)
  );
}
