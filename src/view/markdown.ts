import { type Printable, SafeText, safe, type Theme } from "../term/index.ts";
import type * as screen from "./screen/index.ts";

/** Markdown for front ends that append and never repaint. */
export interface Markdown {
  /** A whole text, without blank lines around it. */
  lines(text: string): readonly SafeText[];
  /** A line broken between words, its further rows set in as it is. */
  wrap(line: Printable): readonly SafeText[];
  /** Takes finished blocks from the beginning of a growing text. */
  split(before: screen.Split, piece: string): screen.Split;
  readonly empty: screen.Split;
}

/** What the app draws Markdown with. @param columns the width of the terminal at the moment of drawing */
export function markdownOf(views: typeof screen, theme: Theme, columns: () => number): Markdown {
  const look = () => ({ columns: columns(), rows: 0, theme, words: false, directory: null });
  return {
    lines: (text) => views.block({ type: "prose", text, first: true }, look(), null),
    wrap: (line) => wrapped(line, columns()),
    split: views.splitMore,
    empty: views.emptySplit,
  };
}

function wrapped(line: Printable, columns: number): readonly SafeText[] {
  const [, indent = ""] = /^(?:\x1b\[[\d;]*m)*( *)/.exec(String(line)) ?? [];
  const [first = SafeText.of(""), ...rest] = SafeText.wrap(line, columns);
  if (rest.length === 0) return [first];
  const inner = SafeText.wrap(SafeText.join(rest, " "), columns - indent.length);
  return [first, ...inner.map((row) => safe`${indent}${row}`)];
}

/** A text that comes in pieces: each block of Markdown is given when it is finished, as whole lines. */
export class MarkdownStream {
  readonly #markdown: Markdown;
  #split: screen.Split;
  #begun = false;

  constructor(markdown: Markdown) {
    this.#markdown = markdown;
    this.#split = markdown.empty;
  }

  push(piece: string): SafeText {
    this.#split = this.#markdown.split(this.#split, piece);
    return this.#drawn(this.#split.done);
  }

  /** What was not finished, when nothing more comes. */
  end(): SafeText {
    const { rest } = this.#split;
    this.#split = this.#markdown.empty;
    return this.#drawn(rest);
  }

  #drawn(text: string): SafeText {
    const lines = text.trim() === "" ? [] : this.#markdown.lines(text);
    if (lines.length === 0) return SafeText.of("");
    const apart = this.#begun ? [SafeText.of("")] : [];
    this.#begun = true;
    return SafeText.join([...apart, ...lines, ""], "\n");
  }
}
