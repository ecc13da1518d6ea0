import { type Printable, SafeText } from "./safe-text.ts";

/** Marks text for the terminal. Without colour every function only makes its text safe. */
export interface Style {
  bold(text: Printable): SafeText;
  dim(text: Printable): SafeText;
  red(text: Printable): SafeText;
  green(text: Printable): SafeText;
  yellow(text: Printable): SafeText;
  cyan(text: Printable): SafeText;
}

const sgr = (begin: number, end: number) => (text: Printable) => SafeText.styled(text, begin, end);
const plain = (text: Printable) => SafeText.of(text);

const COLOUR: Style = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  green: sgr(32, 39),
  yellow: sgr(33, 39),
  cyan: sgr(36, 39),
};

const PLAIN: Style = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain };

/**
 * Colour or not: an explicit `always` or `never` wins; `auto` needs a terminal, no NO_COLOR (https://no-color.org) and
 * a TERM that is not `dumb`.
 */
export function styleFor(
  when: "always" | "never" | "auto",
  isTty: boolean,
  env: Record<string, string | undefined>,
): Style {
  if (when === "always") return COLOUR;
  if (when === "never" || !isTty || env.NO_COLOR || env.TERM === "dumb") return PLAIN;
  return COLOUR;
}
