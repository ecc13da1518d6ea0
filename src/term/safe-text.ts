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

  /** Text in a style: numbers of SGR (ECMA-48, 8.3.117) that begin and end it. */
  static styled(text: Printable, begin: number, end: number): SafeText {
    const shown = SafeText.of(text);
    return shown.#text === "" ? shown : new SafeText(`\x1b[${begin}m${shown.#text}\x1b[${end}m`);
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
