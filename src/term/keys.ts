/** Marks that a terminal puts around what is pasted, when it was asked to. */
export const PASTE = { begin: "\x1b[200~", end: "\x1b[201~" };

/** Asks a terminal for those marks, and to leave them out again. */
export const PASTE_MARKS = { on: "\x1b[?2004h", off: "\x1b[?2004l" };

/** One key: a character, a key without one (its bytes), or all that was pasted at once. */
export interface Key {
  type: "character" | "control" | "paste";
  text: string;
}

/** A whole sequence, an Escape before a key (Alt), Escape alone, or one character. */
const ONE_KEY = /\x1b(?:\[[0-9;?<]*[ -/]*[@-~]|O.|[^\x1b[O])?|[\s\S]/gu;

/** Takes what a terminal sends apart into keys. A paste may come in several pieces. */
export class KeyReader {
  /** What was pasted so far; null outside a paste. */
  #pasted: string | null = null;
  /** The beginning of a mark whose end is still to come. */
  #held = "";

  read(chunk: string): Key[] {
    const keys: Key[] = [];
    let rest = this.#held + chunk;
    this.#held = "";
    while (rest !== "") {
      const wanted = this.#pasted === null ? PASTE.begin : PASTE.end;
      const mark = rest.indexOf(wanted);
      if (mark === -1) {
        this.#held = beginning(rest, wanted, this.#pasted === null ? 2 : 1);
        rest = rest.slice(0, rest.length - this.#held.length);
      }
      const part = mark === -1 ? rest : rest.slice(0, mark);
      rest = mark === -1 ? "" : rest.slice(mark + PASTE.begin.length);
      if (this.#pasted !== null) this.#pasted += part;
      else keys.push(...(part.match(ONE_KEY) ?? []).map(keyOf));
      if (mark === -1) break;
      if (this.#pasted !== null) keys.push({ type: "paste", text: this.#pasted });
      this.#pasted = this.#pasted === null ? "" : null;
    }
    return keys;
  }

  /** What was read and is no whole key or paste yet, as it came. */
  pending(): string {
    return `${this.#pasted === null ? "" : `${PASTE.begin}${this.#pasted}`}${this.#held}`;
  }
}

/** The end of `text` that may be the beginning of a mark: at least `least` characters, for Escape alone is a key. */
function beginning(text: string, mark: string, least: number): string {
  for (let length = mark.length - 1; length >= least; length--) {
    if (text.endsWith(mark.slice(0, length))) return mark.slice(0, length);
  }
  return "";
}

function keyOf(text: string): Key {
  return { type: text < " " || text === "\x7f" ? "control" : "character", text };
}
