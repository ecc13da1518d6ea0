import type { SafeText } from "../safe-text.ts";
import type { Picture } from "./picture.ts";

/** A row of the conversation: line `line` of block `block`, the block behind the last one being what is live; and the rows that follow it. */
interface Place {
  block: number;
  line: number;
  below: number;
}

/** The conversation as one column of rows. */
class Content {
  readonly #picture: Picture;

  constructor(picture: Picture) {
    this.#picture = picture;
  }

  /** The last row; its line is −1 where there is none at all. */
  last(): Place {
    const { history, live } = this.#picture;
    return this.#settled({ block: history.length, line: live.length - 1, below: 0 });
  }

  /** So many rows up, at most to the first. */
  up(from: Place, rows: number): Place {
    let { block, line, below } = from;
    let left = rows;
    while (left > line && block > 0) {
      left -= line + 1;
      below += line + 1;
      block--;
      line = this.rows(block) - 1;
    }
    const moved = Math.max(0, Math.min(left, line));
    return { block, line: line - moved, below: below + moved };
  }

  /** So many rows down, at most to the last. */
  down(from: Place, rows: number): Place {
    let { block, line } = from;
    const most = Math.min(rows, from.below);
    let left = most;
    for (let count = this.rows(block); line + left >= count && !this.#isLive(block); count = this.rows(block)) {
      left -= count - line;
      block++;
      line = 0;
    }
    return { block, line: line + left, below: from.below - most };
  }

  /** Rows that end at a place, at most so many. */
  above({ block, line }: Place, rows: number): SafeText[] {
    if (rows <= 0) return [];
    const parts = [
      this.#lines(block)
        .slice(0, line + 1)
        .slice(-rows),
    ];
    let left = rows - (parts[0]?.length ?? 0);
    for (let at = block - 1; at >= 0 && left > 0; at--) {
      const part = this.#lines(at).slice(-left);
      parts.push(part);
      left -= part.length;
    }
    return parts.reverse().flat();
  }

  rows(block: number): number {
    const { history, live } = this.#picture;
    return this.#isLive(block) ? live.length : history.rows(block);
  }

  /** The same place, in a block that has lines. */
  #settled(place: Place): Place {
    let { block, line } = place;
    while (line < 0 && block > 0) {
      block--;
      line = this.rows(block) - 1;
    }
    return { ...place, block, line };
  }

  #isLive(block: number): boolean {
    return block >= this.#picture.history.length;
  }

  #lines(block: number): readonly SafeText[] {
    const { history, live } = this.#picture;
    return this.#isLive(block) ? live : history.lines(block);
  }
}

/**
 * Which rows of a conversation a window shows. It is found from the last place that was shown, so that a picture costs what was
 * scrolled and what has come, not what lies below.
 */
export class Viewport {
  #place: Place = { block: 0, line: -1, below: 0 };
  #thread: number | null = null;
  #columns = 0;
  /** How much there was when the place was found. */
  #blocks = 0;
  #live = 0;

  /** Whether the end of the conversation is shown. */
  get atEnd(): boolean {
    return this.#place.below === 0;
  }

  /** The rows that a window of a conversation shows, at most `rows`. */
  rows(picture: Picture, rows: number, columns: number): readonly SafeText[] {
    const content = new Content(picture);
    const found = this.#found(picture, content, columns);
    const { scroll } = picture;
    const place =
      scroll >= found.below ? content.up(found, scroll - found.below) : content.down(found, found.below - scroll);
    const shown = content.above(place, rows);
    // Where the first row is reached, the window begins with it and is as full as can be.
    const isFull = shown.length === rows || place.below === 0;
    this.#place = isFull ? place : content.down(place, rows - shown.length);
    [this.#thread, this.#columns] = [picture.thread, columns];
    [this.#blocks, this.#live] = [picture.history.length, picture.live.length];
    return isFull ? shown : content.above(this.#place, rows);
  }

  /** The place that was shown, with what came below it since; or the last row, where that is nearer or nothing is known. */
  #found({ thread, history, live, scroll }: Picture, content: Content, columns: number): Place {
    const isKnown = thread === this.#thread && columns === this.#columns && this.#place.block < this.#blocks;
    if (!isKnown || scroll < this.#place.below / 2) return content.last();
    let below = this.#place.below + live.length - this.#live;
    for (let block = this.#blocks; block < history.length; block++) below += content.rows(block);
    return { ...this.#place, below };
  }
}
