import { type Printable, SafeText, type Style } from "../../term/index.ts";

/** The diff as a person reads it: every character shown, added and removed lines in colour. */
export function shownDiff(diff: string, style: Style): SafeText {
  const paint = (line: string): Printable => {
    if (/^(diff |index |--- |\+\+\+ |new file|deleted file)/.test(line)) return style.bold(line);
    if (line.startsWith("@@")) return style.cyan(line);
    if (line.startsWith("+")) return style.green(line);
    return line.startsWith("-") ? style.red(line) : line;
  };
  return SafeText.join(diff.replace(/\n$/, "").split("\n").map(paint), "\n");
}
