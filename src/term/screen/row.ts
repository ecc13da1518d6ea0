import { cutTo, untabbed } from "../fit.ts";
import { widthOf } from "../glyphs.ts";
import { isPlain } from "../measure.ts";
import type { SafeText } from "../safe-text.ts";
import type { Picture } from "./picture.ts";

/** Around what is painted: shown at once (DEC 2026), without a cursor that jumps, and no row that is wider than thought runs into the next. */
const FRAME = { begin: "\x1b[?2026h\x1b[?25l\x1b[?7l", end: "\x1b[?7h", done: "\x1b[?2026l" };
export const CURSOR_SHOWN = "\x1b[?25h";
/** From the cursor on, which stands in the first column. */
const ERASE_LINE = "\x1b[K";

/** A frame: rows that are painted, and where the caret stands then; `caret` is a movement of the cursor, null: it is hidden. */
export function frame(rows: string, caret: string | null, place: string): string {
  return `${FRAME.begin}${rows}${FRAME.end}${caret ?? place}${caret === null ? "" : CURSOR_SHOWN}${FRAME.done}`;
}

/**
 * What writes a row over whatever stood there, from the first column on. The line is erased before: what is erased behind a text stays
 * part of the line in tmux, and is broken into a row of its own in a narrower window.
 */
export function rowText(line: string, columns: number): string {
  const flat = line.includes("\n") ? line.replaceAll("\n", " ") : line;
  const fits = isPlain(flat) ? flat.length <= columns : widthOf(flat) <= columns;
  return ERASE_LINE + (fits ? untabbed(flat) : cutTo(flat, columns, "end"));
}

/** The part of a panel that fits: its end, or where the caret is. `top`: rows that are left out above. */
export function panelPart({ panel, caret }: Picture, rows: number): { lines: readonly SafeText[]; top: number } {
  const top = Math.max(0, Math.min(panel.length - rows, caret?.row ?? panel.length));
  return { lines: panel.slice(top, top + rows), top };
}
