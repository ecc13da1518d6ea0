/** Marks text for the terminal. Without colour every function returns its text as it is. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

const sgr = (open: number, close: number) => (text: string) => `\x1b[${open}m${text}\x1b[${close}m`;
const plain = (text: string) => text;

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

/**
 * Text of a model or a program without anything that would move the cursor, colour the rest or talk to the terminal.
 * Newlines and tabs stay.
 */
export function stripControls(text: string): string {
  return Bun.stripANSI(text).replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "");
}
