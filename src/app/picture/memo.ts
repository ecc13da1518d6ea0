import type { SafeText } from "../../term/index.ts";
import type { Block, GrowingList, Look, Views } from "../../view/index.ts";

/** Blocks whose lines are kept: what several screens show. The others are drawn again when one scrolls there. */
const KEPT = 2000;

interface Drawn {
  look: Look;
  above: Block | null;
  lines: readonly SafeText[];
}

/** Lines of the blocks of a log, drawn once for each look. */
export class LineMemo {
  readonly #views: Pick<Views, "block">;
  /** The latest drawn last. */
  readonly #drawn = new Map<Block, Drawn>();
  /** How many lines a block has is kept for all of them: a number is small. */
  readonly #rows = new WeakMap<Block, Omit<Drawn, "lines"> & { rows: number }>();

  constructor(views: Pick<Views, "block">) {
    this.#views = views;
  }

  lines(log: GrowingList<Block>, index: number, look: Look): readonly SafeText[] {
    const block = log.at(index);
    return block ? this.#lines(block, look, this.#above(log, index, look)) : [];
  }

  rows(log: GrowingList<Block>, index: number, look: Look): number {
    const block = log.at(index);
    if (!block) return 0;
    const above = this.#above(log, index, look);
    const known = this.#rows.get(block);
    return known && known.above === above && sameLook(known.look, look)
      ? known.rows
      : this.#lines(block, look, above).length;
  }

  #lines(block: Block, look: Look, above: Block | null): readonly SafeText[] {
    const known = this.#drawn.get(block);
    if (known && known.above === above && sameLook(known.look, look)) return known.lines;
    const lines = this.#views.block(block, look, above);
    this.#drawn.delete(block);
    this.#drawn.set(block, { look, above, lines });
    this.#rows.set(block, { look, above, rows: lines.length });
    const [oldest] = this.#drawn.keys();
    if (this.#drawn.size > KEPT && oldest) this.#drawn.delete(oldest);
    return lines;
  }

  /** The last block over this one that has lines. Whether it has some does not depend on what lies over it. */
  #above(log: GrowingList<Block>, index: number, look: Look): Block | null {
    for (let at = index - 1; at >= 0; at--) {
      const block = log.at(at);
      if (block && (this.#rows.get(block)?.rows ?? this.#lines(block, look, null).length) > 0) return block;
    }
    return null;
  }
}

/** Lines of a finished block do not depend on how high the window is. */
function sameLook(a: Look, b: Look): boolean {
  return (
    a === b || (a.columns === b.columns && a.theme === b.theme && a.words === b.words && a.directory === b.directory)
  );
}
