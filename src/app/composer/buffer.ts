import { snap } from "./graphemes.ts";

/** Text that is edited, and where in it the next character goes: an index into it, always between two characters. */
export interface Buffer {
  text: string;
  caret: number;
}

export const EMPTY: Buffer = Object.freeze({ text: "", caret: 0 });

/** Text as a buffer, the caret behind it. */
export function bufferOf(text: string): Buffer {
  return { text, caret: text.length };
}

/** Puts text in the place of a range; the caret stands behind it, or behind the character that it became part of. */
export function replaceRange({ text }: Buffer, from: number, to: number, inserted: string): Buffer {
  const next = text.slice(0, from) + inserted + text.slice(to);
  return { text: next, caret: snap(next, from + inserted.length) };
}

export function insert(buffer: Buffer, inserted: string): Buffer {
  return replaceRange(buffer, buffer.caret, buffer.caret, inserted);
}

/** The same text, the caret elsewhere. */
export function moveTo({ text }: Buffer, caret: number): Buffer {
  return { text, caret: snap(text, caret) };
}
