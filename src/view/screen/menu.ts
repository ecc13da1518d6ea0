import type { SafeText } from "../../term/index.ts";
import { graphemes } from "../../term/index.ts";
import type { Look, MenuFacts } from "./contract.ts";
import { blanks, cut, exact, type Line, lineWidth, painted, type Run, reading } from "./text/line.ts";

/** Rows at a time: more than anybody reads before typing on. */
const ROWS = 8;
/** Of the width, what names may take at most. */
const NAMES = 0.5;

/** A list that filters as one types: matched letters bold, what it is dim behind the name, the rest counted. */
export function menu(facts: MenuFacts, look: Look): readonly SafeText[] {
  const { rows, selected, title, more } = facts;
  const most = Math.max(1, Math.min(ROWS, look.rows - 3));
  const top = Math.min(Math.max(0, selected - most + 1), Math.max(0, rows.length - most));
  const shown = rows.slice(top, top + most);
  const named = shown.map((row, index) => nameLine(row, top + index === selected, look));
  const width = Math.min(Math.floor(look.columns * NAMES), Math.max(0, ...named.map(lineWidth)));
  const hidden = rows.length - shown.length + more;
  const lines: Line[] = [
    ...(title === null ? [] : [[exact(title, look.theme.bold)]]),
    ...shown.map((row, index): Line => {
      const name = named[index] ?? [];
      if (row.description === "") return name;
      return [...name, blanks(width - lineWidth(name) + 2), reading(row.description, look.theme.dim)];
    }),
    ...(hidden > 0 ? [[exact(`  ${hidden} more`, look.theme.dim)]] : []),
  ];
  return lines.map((line) => painted(cut(line, look.columns)));
}

/** `matched`: indexes of the name's UTF-16 units. */
function nameLine({ key, name, matched }: MenuFacts["rows"][number], selected: boolean, { theme, words }: Look): Line {
  const mark = exact(words ? (selected ? "selected: " : "") : selected ? "▸ " : "  ", theme.accent);
  const letters = new Set(matched);
  const role = selected ? theme.accent : null;
  const bold = role === null ? theme.bold : (text: Parameters<typeof theme.bold>[0]) => theme.bold(role(text));
  const runs: Run[] = [];
  let [part, is] = ["", false];
  for (const { at, text } of graphemes(name)) {
    const hit = letters.has(at);
    if (hit !== is && part !== "") {
      runs.push(exact(part, is ? bold : role));
      part = "";
    }
    [part, is] = [part + text, hit];
  }
  const before = key === undefined ? [] : [exact(`${key}  `, theme.accent)];
  return [mark, ...before, ...runs, exact(part, is ? bold : role)];
}
