import type { Look } from "../contract.ts";
import { exact, type Line, type Paint, type Run, reading, wrappedLine } from "../text/line.ts";
import { hasStyles } from "../text/paint.ts";
import { type Kind, tokens } from "./tokens.ts";

/** Code that is longer is not told apart: nobody reads it, and it would cost. UTF-16 units. */
const HIGHLIGHT_LIMIT = 200_000;

/** Code as it stands, its words in colours where the language is known. No gutter, no frame: it is copied. */
export function codeRows(code: string, language: string, look: Look, columns: number): Line[] {
  const text = code.replace(/\r?\n$/, "");
  const rows = codeLines(text, language, look).flatMap((line) => wrappedLine(line, columns, "cells"));
  if (hasStyles(look.theme)) return rows;
  // Where no colour tells where it begins and ends, its fences do.
  const longest = Math.max(2, ...(text.match(/`{3,}/g) ?? []).map((ticks) => ticks.length));
  const fence = "`".repeat(Math.min(longest + 1, columns));
  return [...wrappedLine([exact(`${fence}${language}`)], columns, "cells"), ...rows, [exact(fence)]];
}

/** Code by its lines, painted. */
export function codeLines(code: string, language: string, look: Look): Line[] {
  const parts = code.length > HIGHLIGHT_LIMIT ? null : tokens(code, language);
  const plain = parts ?? [{ kind: "code" as const, text: code }];
  const lines: Run[][] = [[]];
  for (const { kind, text } of plain) {
    const paint = parts === null ? look.theme.accent : paintOf(kind, look);
    text.split(/\r?\n/).forEach((line, index) => {
      if (index > 0) lines.push([]);
      if (line !== "") lines.at(-1)?.push(reading(line, paint));
    });
  }
  return lines;
}

function paintOf(kind: Kind, { theme }: Look): Paint | null {
  const paints: Record<Kind, Paint | null> = {
    code: null,
    comment: theme.dim,
    string: theme.good,
    word: theme.accent,
    number: theme.warn,
    added: theme.added,
    removed: theme.removed,
  };
  return paints[kind];
}
