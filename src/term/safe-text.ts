import { type Cut, cutTo, wrapped } from "./fit.ts";
import { widthOf } from "./glyphs.ts";
import { linked, renderedSafe } from "./rendered.ts";
import { endsWhole, readable, visible } from "./visible.ts";

/**
 * Text that a terminal may have as it is: our own words and styles, and of others' text only what was made visible. Nothing
 * else makes one, so that a line cannot be put together past it; a plain string is made visible where it is written.
 */
export class SafeText {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** Anybody's text, every character shown. */
  static of(text: Printable): SafeText {
    return text instanceof SafeText ? text : new SafeText(visible(text));
  }

  /** Anybody's text for reading; not for what is approved. */
  static prose(text: string): SafeText {
    return new SafeText(readable(text));
  }

  /**
   * Text in a style: numbers of SGR (ECMA-48, 8.3.117) that begin and end it. Where a part of it ends the same (a word of
   * another colour), it goes on behind that part.
   */
  static styled(text: Printable, begin: number | readonly number[], end: number): SafeText {
    const shown = SafeText.of(text);
    if (shown.#text === "") return shown;
    const [on, off] = [`\x1b[${typeof begin === "number" ? begin : begin.join(";")}m`, `\x1b[${end}m`];
    const whole = shown.#text.includes(off) ? shown.#text.replaceAll(off, off + on) : shown.#text;
    return new SafeText(on + whole + off);
  }

  /** Text that leads somewhere (OSC 8). An address that is not of http, https, file or mailto is left out. */
  static link(text: Printable, url: string): SafeText {
    return new SafeText(linked(SafeText.of(text).#text, url));
  }

  /** What a renderer made of prose: its colours and links stay, everything else that a terminal would obey is shown. */
  static ansi(text: string): SafeText {
    return new SafeText(renderedSafe(text));
  }

  /** Cells that a line fills. Tabs go to stops of 8. */
  static width(line: Printable): number {
    return widthOf(SafeText.of(line).#text);
  }

  /** Lines of at most `columns` cells, broken between words where that is possible; a word that is longer is broken, too. */
  static wrap(text: Printable, columns: number): SafeText[] {
    return wrapped(SafeText.of(text).#text, columns).map((line) => new SafeText(line));
  }

  /** One line of at most `columns` cells; an ellipsis stands for what is left out at its end, middle or start. */
  static cut(line: Printable, columns: number, where: Cut = "end"): SafeText {
    return new SafeText(cutTo(SafeText.of(line).#text, columns, where));
  }

  /** A line with blanks behind it so that it fills `columns` cells; one that is longer stays as it is. */
  static padEnd(line: Printable, columns: number): SafeText {
    const shown = SafeText.of(line).#text;
    return new SafeText(shown + " ".repeat(Math.max(0, columns - widthOf(shown))));
  }

  /** A part of text by its UTF-16 units: what was made visible stays so. A part that holds a style could hold half of one: that is shown. */
  slice(begin: number, end?: number): SafeText {
    const part = this.#text.slice(begin, end);
    return part.includes("\x1b") ? SafeText.of(part) : new SafeText(part);
  }

  static join(parts: readonly Printable[], separator: string): SafeText {
    return new SafeText(parts.map((part) => SafeText.of(part).#text).join(visible(separator)));
  }

  toString(): string {
    return this.#text;
  }
}

/** What may be printed: safe text as it is, a string made visible. */
export type Printable = string | SafeText;

/** Puts safe text together, as in safe`$ ${command}`: what is filled in is made visible, unless it is safe already. */
export function safe(words: TemplateStringsArray, ...values: readonly Printable[]): SafeText {
  return SafeText.join(
    words.flatMap((word, index) => (index === 0 ? [word] : [values[index - 1] ?? "", word])),
    "",
  );
}

/** Prose as lines, without white space at its end. */
export function proseLines(text: string): SafeText[] {
  return text.trimEnd().split(/\r?\n/).map(SafeText.prose);
}

/** Prose that comes in pieces: what the next piece may belong to (half a picture, half a character) waits for it. */
export class ProseStream {
  #held = "";

  push(piece: string): SafeText {
    const text = this.#held + piece;
    const whole = endsWhole(text);
    this.#held = text.slice(whole);
    return SafeText.prose(text.slice(0, whole));
  }

  /** What is still held, when nothing more comes. */
  end(): SafeText {
    const text = this.#held;
    this.#held = "";
    return SafeText.prose(text);
  }
}
