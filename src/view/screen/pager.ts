import { graphemes, isPlain, type SafeText } from "../../term/index.ts";
import type { Look, PagerFacts } from "./contract.ts";
import { cut, exact, type Line, type Paint, painted, type Run, row } from "./text/line.ts";
import { runsOf } from "./text/styled.ts";

/** Rows of the head and the foot. */
const AROUND = 2;

/** Rows of lines that a pager of this window shows. */
export function pagerRows({ rows }: Pick<Look, "rows">): number {
  return Math.max(1, rows - AROUND);
}

/** A window on many lines: a head, as many lines as there is room for, and a foot that tells where one is. As many rows as the window has. */
export function pager(facts: PagerFacts, look: Look): readonly SafeText[] {
  const { theme, columns } = look;
  const { title, lines, search } = facts;
  const room = pagerRows(look);
  const top = Math.min(Math.max(0, facts.top), Math.max(0, lines.length - room));
  const found = new Set(facts.found);
  const shown = lines.slice(top, top + room).map((line, index) => {
    const marks = search !== null && search !== "" && found.has(top + index);
    return marks ? painted(cut(marked(runsOf(line), search, theme.bold, theme.warn), columns)) : line;
  });
  const head = row([exact(title, theme.bold)], [exact(whereText(top, room, lines.length), theme.dim)], columns);
  const empty = Array.from({ length: Math.max(0, room - shown.length) }, () => painted([]));
  return [painted(head), ...shown, ...empty, painted(footOf(facts, top, look))].slice(0, Math.max(1, look.rows));
}

function whereText(top: number, room: number, all: number): string {
  if (all <= room) return all === 1 ? "1 line" : `${all} lines`;
  return `lines ${top + 1}–${Math.min(all, top + room)} of ${all}`;
}

function footOf({ search, found, top: wanted }: PagerFacts, top: number, look: Look): Line {
  const { dim, warn } = look.theme;
  if (search === null) return cut([exact("↑↓ PgUp PgDn Home End · / search · q closes", dim)], look.columns);
  const at = found.findIndex((line) => line >= Math.max(top, wanted));
  const where = found.length === 0 ? "not found" : `${(at < 0 ? found.length - 1 : at) + 1} of ${found.length}`;
  const keys = exact("n next · N before · q closes", dim);
  return row(
    [exact(`/${search}`), exact(`  ${where}`, found.length === 0 ? warn : dim)],
    look.columns < 60 ? [] : [keys],
    look.columns,
  );
}

/** The places of a text in a line, in bold and another role; letters match whatever their case, and no character is parted. */
function marked(line: Line, search: string, bold: Paint, role: Paint): Line {
  const needle = search.toLowerCase();
  return line.flatMap((run): Run[] => {
    const text = run.text.toLowerCase();
    // Few letters change their length with their case (İ): such a line is left as it is.
    if (text.length !== run.text.length) return [run];
    const isEdge = edgesOf(run.text);
    const parts: Run[] = [];
    let from = 0;
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
      if (!isEdge(at) || !isEdge(at + needle.length)) continue;
      if (at > from) parts.push(part(run, from, at, run.paint));
      parts.push(part(run, at, at + needle.length, (one) => bold(role(one))));
      from = at + needle.length;
    }
    return from === 0 ? [run] : [...parts, part(run, from, run.text.length, run.paint)];
  });
}

/** Whether one character ends and another begins at a place. */
function edgesOf(text: string): (at: number) => boolean {
  if (isPlain(text)) return () => true;
  const edges = new Set([text.length, ...Array.from(graphemes(text), ({ at }) => at)]);
  return (at) => edges.has(at);
}

function part(run: Run, from: number, to: number, paint: Paint | null): Run {
  return { shown: run.shown.slice(from, to), text: run.text.slice(from, to), paint };
}
