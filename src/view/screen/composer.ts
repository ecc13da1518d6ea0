import { cells } from "../../term/index.ts";
import type { Card, ComposerFacts, Look } from "./contract.ts";
import { type Field, field, framed } from "./field.ts";
import { sign } from "./signs.ts";
import { cut, exact, type Line, painted, reading, row } from "./text/line.ts";

/** What is written, wrapped; at most `rows` rows of it, the caret always among them. */
export function composer(facts: ComposerFacts, look: Look): Card {
  const { theme } = look;
  const first = sign(look, "person", theme.accent);
  const width = first.text.length;
  const beside = (text: string) => exact(text.padEnd(width), theme.dim);
  const laid = field(facts.text, facts.caret, look.columns - width, "reading");
  const marks = { first, rest: beside(""), up: beside("↑"), down: beside("↓") };
  const shown = framed(laid, Math.max(1, facts.rows), marks);
  const rows = facts.text === "" ? [withPlaceholder(shown, facts, look)] : shown.rows;
  return {
    lines: rows.map((line, index) => painted(index === 0 ? withMode(line, facts, look) : line)),
    caret: { row: shown.row, column: shown.column },
    below: 0,
    page: 1,
  };
}

function withPlaceholder({ rows }: Field, { placeholder }: ComposerFacts, look: Look): Line {
  const [mark] = rows[0] ?? [];
  return cut([...(mark === undefined ? [] : [mark]), reading(placeholder, look.theme.dim)], look.columns);
}

/** The mode of vim stands at the right of the first row, where there is room. */
function withMode(line: Line, { vim }: ComposerFacts, look: Look): Line {
  if (vim === null) return line;
  const used = line.reduce((sum, { text }) => sum + cells(text), 0);
  return used + vim.length + 3 > look.columns ? line : row(line, [exact(vim, look.theme.dim)], look.columns);
}
