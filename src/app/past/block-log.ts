import { type Block, GrowingList } from "../../view/index.ts";

/** What happened before the thread was opened, as blocks that are made when they are looked at: the last of them at −1, the first at −length. */
export interface PastBlocks {
  at(index: number): Block;
}

/**
 * The blocks of a conversation. What comes while it is open is counted from 0, what happened before from −1 downwards, so that a
 * block keeps its number while more of the past is read. Every version stays as it is.
 */
export class BlockLog {
  readonly #past: PastBlocks | null;
  readonly #added: GrowingList<Block>;
  /** Number of the first block that is known; of the one behind the last. */
  readonly first: number;
  readonly end: number;

  private constructor(past: PastBlocks | null, first: number, added: GrowingList<Block>) {
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

  /** The log with so many blocks of what happened before. */
  behind(past: PastBlocks, length: number): BlockLog {
    return new BlockLog(past, -length, this.#added);
  }
}
