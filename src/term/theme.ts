import type { Printable, SafeText } from "./safe-text.ts";

/** The eight roles that anything on the screen has one of, and bold for what is to be read first. Without colour they make text safe only. */
export interface Theme {
  name: string;
  dark: boolean;
  bold(text: Printable): SafeText;
  text(text: Printable): SafeText;
  dim(text: Printable): SafeText;
  accent(text: Printable): SafeText;
  good(text: Printable): SafeText;
  warn(text: Printable): SafeText;
  bad(text: Printable): SafeText;
  added(text: Printable): SafeText;
  removed(text: Printable): SafeText;
}
