import { PASTE } from "../keys.ts";

/**
 * Characters of one event, at most: far above what a person pastes. A longer paste comes in several, so that nothing of it is lost
 * and none of them is kept for ever when its end never comes.
 */
const MOST = 16 << 20;

/** Gathers what is pasted until its end mark; the mark may be in pieces. */
export class Paste {
  #pieces: string[] = [];
  #length = 0;
  /** The end of what came, which may be the beginning of the mark. */
  #held = "";

  /** Takes text. `rest`: what follows the mark, null while it has not come. `whole`: what was pasted, at the mark or when it is much. */
  take(text: string): { rest: string | null; whole: string | null } {
    const all = this.#held + text;
    const end = all.indexOf(PASTE.end);
    const upTo = end === -1 ? all.length - beginning(all) : end;
    this.#pieces.push(all.slice(0, upTo));
    this.#length += upTo;
    this.#held = end === -1 ? all.slice(upTo) : "";
    const done = end !== -1 || this.#length > MOST;
    return { rest: end === -1 ? null : all.slice(end + PASTE.end.length), whole: done ? this.#whole() : null };
  }

  #whole(): string {
    const text = this.#pieces.join("").replace(/\r\n?/g, "\n");
    this.#pieces = [];
    this.#length = 0;
    return text;
  }
}

/** How many characters at the end of a text may be the beginning of the mark. */
function beginning(text: string): number {
  for (let length = PASTE.end.length - 1; length > 0; length--) {
    if (text.endsWith(PASTE.end.slice(0, length))) return length;
  }
  return 0;
}
