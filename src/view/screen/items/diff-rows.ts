import type { Look } from "../contract.ts";
import { blanks, exact, type Line, lineWidth, type Paint, type Run, reading, wrappedLine } from "../text/line.ts";
import type { DiffLine, FileDiff, Hunk } from "./diff.ts";

/** From so many columns on, old and new stand side by side: two of 56 and what parts them. */
export const SIDE_BY_SIDE = 120;

/** `exact`: every character is shown, for what is approved. */
export interface DiffStyle {
  exact: boolean;
}

/** The hunks of a file, one below the other, with line numbers and colours. */
export function hunkRows(file: FileDiff, look: Look, style: DiffStyle): Line[] {
  const digits = digitsOf(file);
  return parted(
    file.hunks.map((hunk) => [
      ...whereRows(hunk, look, style),
      ...hunk.lines.flatMap((line) => lineRows(line, digits, look, style)),
    ]),
    digits,
    look,
  );
}

/** The same with the old at the left and the new at the right. */
export function sideRows(file: FileDiff, look: Look, style: DiffStyle): Line[] {
  const digits = digitsOf(file);
  const width = (look.columns - 3) >> 1;
  return parted(
    file.hunks.map((hunk) => [
      ...whereRows(hunk, look, style),
      ...pairs(hunk.lines).flatMap(([old, now]) => sideBySide(old, now, { digits, width, look, style })),
    ]),
    digits,
    look,
  );
}

/** `⋮` between two hunks. */
function parted(hunks: readonly Line[][], digits: number, { theme, words }: Look): Line[] {
  const between: Line = [exact(words ? "  next part:" : `  ${"⋮".padStart(digits)}`, theme.dim)];
  return hunks.flatMap((rows, index) => (index === 0 ? rows : [between, ...rows]));
}

function whereRows({ where }: Hunk, look: Look, style: DiffStyle): Line[] {
  if (where.trim() === "") return [];
  return wrappedLine([exact("  "), textRun(where, style, look.theme.dim)], look.columns, "cells");
}

function digitsOf({ hunks }: FileDiff): number {
  const most = hunks.reduce((all, { lines }) => lines.reduce((m, { number }) => Math.max(m, number ?? 0), all), 1);
  return String(most).length;
}

const MARKS = { added: "+", removed: "-", same: " ", note: " " } as const;
const WORDS = { added: "added ", removed: "removed ", same: "", note: "" } as const;

function paintOf(kind: DiffLine["kind"], { theme }: Look): Paint | null {
  return { added: theme.added, removed: theme.removed, same: null, note: theme.dim }[kind];
}

function textRun(text: string, style: DiffStyle, paint: Paint | null): Run {
  return style.exact ? exact(text, paint) : reading(text, paint);
}

function lineRows(line: DiffLine, digits: number, look: Look, style: DiffStyle): Line[] {
  const number = line.number === null ? "" : String(line.number);
  const paint = paintOf(line.kind, look);
  const mark = look.words ? WORDS[line.kind] : `${MARKS[line.kind]} `;
  const before = [exact(`  ${number.padStart(digits)} `, look.theme.dim), exact(mark, paint)];
  const width = lineWidth(before);
  const rows = wrappedLine([textRun(line.text.replace(/\r$/, ""), style, paint)], look.columns - width, "cells");
  return rows.map((part, index) => (index === 0 ? [...before, ...part] : [blanks(width), ...part]));
}

type Pair = readonly [old: DiffLine | null, now: DiffLine | null];

/** Removed lines beside the added ones that follow them. */
function pairs(lines: readonly DiffLine[]): Pair[] {
  const found: Pair[] = [];
  let [old, now]: [DiffLine[], DiffLine[]] = [[], []];
  const flush = () => {
    for (let at = 0; at < Math.max(old.length, now.length); at++) found.push([old[at] ?? null, now[at] ?? null]);
    [old, now] = [[], []];
  };
  for (const line of lines) {
    if (line.kind === "removed") {
      if (now.length > 0) flush();
      old.push(line);
    } else if (line.kind === "added") now.push(line);
    else {
      flush();
      found.push([line, line]);
    }
  }
  flush();
  return found;
}

interface Sides {
  digits: number;
  width: number;
  look: Look;
  style: DiffStyle;
}

function sideBySide(old: DiffLine | null, now: DiffLine | null, sides: Sides): Line[] {
  const { width, look } = sides;
  const [left, right] = [half(old, sides), half(now, sides)];
  return Array.from({ length: Math.max(left.length, right.length) }, (_, at) => {
    const line = left[at] ?? [];
    return [...line, blanks(width - lineWidth(line)), exact(" │ ", look.theme.dim), ...(right[at] ?? [])];
  });
}

function half(line: DiffLine | null, { width, look, style, digits }: Sides): Line[] {
  return line === null ? [] : lineRows(line, digits, { ...look, columns: width }, style);
}
