import { type Block, GrowingList } from "../../view/index.ts";
import type { Past } from "./past.ts";

/** What gives the blocks below 0. */
type Before = Pick<Past, "at" | "length">;

/**
 * The blocks of a conversation. What comes while it is open is counted from 0, what happened before from −1 downwards, so that a
 * block keeps its number while more of the past is read. Every version stays as it is.
 */
export class BlockLog {
  readonly #past: Before | null;
  readonly #added: GrowingList<Block>;
  /** Number of the first block that is known; of the one behind the last. */
  readonly first: number;
  readonly end: number;

  private constructor(past: Before | null, first: number, added: GrowingList<Block>) {
    this.#past = past;
    this.#added = added;
    this.first = first;
    this.end = added.length;
  }

  static readonly empty = new BlockLog(null, 0, GrowingList.of());

  /** How many blocks there are. */
  get length(): number {
    return this.end - this.first;
  }

  at(number: number): Block | undefined {
    if (number >= 0) return number < this.end ? this.#added.at(number) : undefined;
    return number >= this.first ? this.#past?.at(number) : undefined;
  }

  last(): Block | undefined {
    return this.at(this.end - 1);
  }

  /** The blocks from one on. */
  *since(number: number): Generator<Block> {
    for (let at = number; at < this.end; at++) {
      const block = this.at(at);
      if (block) yield block;
    }
  }

  /** The log with one more block. */
  add(block: Block): BlockLog {
    return new BlockLog(this.#past, this.first, this.#added.add(block));
  }

  /** The log behind what happened before. */
  behind(past: Before): BlockLog {
    return new BlockLog(past, -past.length, this.#added);
  }
}
