import { SafeText, type Theme } from "../../../term/index.ts";
import type { Paint } from "./line.ts";

/** Whether the theme has styles at all. Without, signs say what styles would. */
export function hasStyles(theme: Theme): boolean {
  return String(theme.bold("x")) !== "x";
}

/** One paint over another. */
export function over(outer: Paint, inner: Paint | null): Paint {
  return inner === null ? outer : (text) => outer(inner(text));
}

/** Styles that are no role of a theme, in SGR (ECMA-48, 8.3.117): only where the theme has styles. */
export const italic = (theme: Theme): Paint => styleOf(theme, 3, 23);
export const underlined = (theme: Theme): Paint => styleOf(theme, 4, 24);
export const struck = (theme: Theme): Paint => styleOf(theme, 9, 29);

function styleOf(theme: Theme, begin: number, end: number): Paint {
  return hasStyles(theme) ? (text) => SafeText.styled(text, begin, end) : (text) => SafeText.of(text);
}
