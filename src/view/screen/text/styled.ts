import { type Printable, SafeText } from "../../../term/index.ts";
import { exact, type Line, type Paint, reading } from "./line.ts";

const SEQUENCE = /(\x1b\[[0-9;]*m|\x1b\]8;;[^\x1b]*\x1b\\)/;
const ENDS = /^\x1b\[(0|2[2-9]|39|49)?m$/;
const LINK_END = "\x1b]8;;\x1b\\";

/** A line that has its styles already, as runs again, so that it can be measured, parted and marked. Styles that overlap end together. */
export function runsOf(line: Printable): Line {
  if (typeof line === "string") return [exact(line)];
  let [style, link] = ["", ""];
  return String(line)
    .split(SEQUENCE)
    .flatMap((part, index) => {
      if (index % 2 === 0) return part === "" ? [] : [reading(part, inStyle(style, link))];
      if (part.startsWith("\x1b]")) link = part === LINK_END ? "" : part;
      else style = ENDS.test(part) ? "" : style + part;
      return [];
    });
}

function inStyle(style: string, link: string): Paint | null {
  if (style === "" && link === "") return null;
  const end = (style === "" ? "" : "\x1b[0m") + (link === "" ? "" : LINK_END);
  return (text) => SafeText.ansi(`${link}${style}${String(SafeText.of(text))}${end}`);
}
