import { graphemeSegments } from "../../base/index.ts";

/** The line around a place, as a range. Nothing that is one character reaches over a line end, so that looking at a line is enough. */
export function lineAround(text: string, at: number): { start: number; end: number } {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", at);
  return { start: at === 0 ? 0 : start, end: end === -1 ? text.length : end };
}

/** The nearest place at or behind `at` where a character begins or the text ends. */
export function snap(text: string, at: number): number {
  if (at <= 0) return 0;
  if (at >= text.length) return text.length;
  const { start, end } = lineAround(text, at);
  if (at === start || at === end) return at;
  const found = graphemeSegments(text.slice(start, end)).containing(at - start);
  if (!found || found.index + start === at) return at;
  return start + found.index + found.segment.length;
}

/** The end of the character that begins at `at`. */
export function after(text: string, at: number): number {
  if (at >= text.length) return text.length;
  if (text[at] === "\n") return at + 1;
  const { start, end } = lineAround(text, at);
  const found = graphemeSegments(text.slice(start, end)).containing(at - start);
  return found ? start + found.index + found.segment.length : at + 1;
}

/** The beginning of the character that ends at `at`. */
export function before(text: string, at: number): number {
  if (at <= 0) return 0;
  if (text[at - 1] === "\n") return at - 1;
  const { start, end } = lineAround(text, at - 1);
  const found = graphemeSegments(text.slice(start, end)).containing(at - 1 - start);
  return found ? start + found.index : at - 1;
}

/** Characters of a piece of text, as a person counts them. */
export function graphemesOf(text: string): string[] {
  return [...graphemeSegments(text)].map(({ segment }) => segment);
}
