import { clip, isNoNewline, type PatchReader, PatchSyntaxError } from "./reader.ts";
import type { HunkLine, PatchHunk } from "./syntax.ts";

/** `@@ -N,n +M,m @@` of a unified diff; models also leave out the closing `@@`. */
const RANGE_HEADER = /^@@+ -(\d{1,9})(?:,\d{1,9})? \+\d{1,9}(?:,\d{1,9})?(?: @@.*)?$/;

/** Reads one hunk: `@@` lines, then lines that start with ' ', '-' or '+' (an empty line is an empty kept line). */
export function parseHunk(reader: PatchReader, path: string): PatchHunk {
  const line = reader.line();
  const { context, hint } = readAnchors(reader);
  const { lines, end_of_file } = readLines(reader, path);
  if (lines.length === 0) {
    const found = reader.peek();
    if (found !== undefined && !found.startsWith("***")) throw strayLine(reader.line(), found, path);
    throw new PatchSyntaxError(`Invalid patch hunk on line ${line}: the hunk in ${path} has no lines.`, line, path);
  }
  return { context, hint, lines, end_of_file, line };
}

function readAnchors(reader: PatchReader): { context: string[]; hint: number | null } {
  const context: string[] = [];
  let hint: number | null = null;
  for (let text = reader.peek(); text?.startsWith("@@"); text = reader.peek()) {
    const range = RANGE_HEADER.exec(text.trimEnd());
    if (range) hint = Number(range[1]);
    else {
      const anchor = text.startsWith("@@ ") ? text.slice(3) : text.slice(2);
      if (anchor.trim() !== "") context.push(anchor);
    }
    reader.next();
  }
  return { context, hint };
}

function readLines(reader: PatchReader, path: string): { lines: HunkLine[]; end_of_file: boolean } {
  const lines: HunkLine[] = [];
  for (let text = reader.peek(); text !== undefined; text = reader.peek()) {
    const op = text[0] ?? " ";
    if (op === " " || op === "-" || op === "+") lines.push({ op, text: text.slice(1) });
    else if (isNoNewline(text) && lines.length > 0) markNoNewline(lines);
    else if (lines.length > 0 && text.trimEnd() === "*** End of File") {
      reader.next();
      return { lines, end_of_file: true };
    } else if (lines.length === 0 || text.startsWith("@@") || text.startsWith("***")) break;
    else throw strayLine(reader.line(), text, path);
    reader.next();
  }
  return { lines, end_of_file: false };
}

function strayLine(line: number, text: string, path: string): PatchSyntaxError {
  return new PatchSyntaxError(
    `Invalid patch hunk on line ${line}: '${clip(text)}' in the update of ${path} starts with neither ' ', '-' nor '+'. ` +
      "Put a space before a line that stays, '-' before one that goes, '+' before one that comes.",
    line,
    path,
  );
}

function markNoNewline(lines: HunkLine[]): void {
  const last = lines.at(-1);
  if (last) last.no_newline = true;
}
