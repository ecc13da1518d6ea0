import type { Card, Look } from "./contract.ts";
import { exact, type Line, painted, row } from "./text/line.ts";

/** A card: what is asked, all there is to know, and the answers. */
export interface CardParts {
  head: Line[];
  body: Line[];
  foot: Line[];
  /** In `foot`. */
  caret: { row: number; column: number } | null;
}

/** Rows below a card: the rule and the status line. */
const AROUND = 2;
/** The least of the body that is worth a window of its own. */
const MIN_BODY = 3;

/** A card in a window: all of it where it fits; else its body scrolls between question and answers, and where even that does not fit, all of it. */
export function inWindow({ head, body, foot, caret }: CardParts, scroll: number, look: Look): Card {
  const room = Math.max(1, look.rows - AROUND);
  const all = [...head, ...body, ...foot];
  const before = head.length + body.length;
  if (all.length <= room) return { lines: all.map(painted), caret: moved(caret, before), below: 0, page: room };
  const space = room - head.length - foot.length;
  if (space >= MIN_BODY) {
    const { rows, below } = part(body, space, scroll, look);
    const lines = [...head, ...rows, ...foot].map(painted);
    return { lines, caret: moved(caret, head.length + rows.length), below, page: pageOf(space) };
  }
  const at = caret === null ? scroll : Math.max(0, before + caret.row - room + 1);
  const { rows, below, top } = part(all, room, at, look, caret !== null);
  return { lines: rows.map(painted), caret: moved(caret, before - top), below, page: pageOf(room) };
}

/** The rows at both edges may only say how many more there are. */
const pageOf = (rows: number) => Math.max(1, rows - 2);

function moved(caret: CardParts["caret"], by: number): CardParts["caret"] {
  return caret === null ? null : { row: caret.row + by, column: caret.column };
}

/** So many rows; those at the edges say how many more there are, unless the caret must stay where it is. */
function part(
  rows: readonly Line[],
  most: number,
  scroll: number,
  look: Look,
  bare = false,
): { rows: Line[]; below: number; top: number } {
  const { dim } = look.theme;
  const marks = !bare && most >= MIN_BODY;
  const top = Math.min(Math.max(0, scroll), Math.max(0, rows.length - most));
  const shown = rows.slice(top, top + most);
  const below = rows.length - top - shown.length;
  if (!marks) return { rows: shown, below, top };
  const said = shown.map((line, index): Line => {
    if (index === 0 && top > 0) return [exact(`  ↑ ${top + 1} more above (PgUp)`, dim)];
    if (index === shown.length - 1 && below > 0) return [exact(`  ↓ ${below + 1} more below (PgDn)`, dim)];
    return line;
  });
  return { rows: said.map((line) => row(line, [], look.columns)), below, top };
}
