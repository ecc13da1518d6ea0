import { oldLines, type PatchHunk } from "../parse/syntax.ts";
import { type TextFile, toFileText } from "../text.ts";
import { LineFinder, type Match } from "./seek.ts";

/** A hunk that found its place. Positions are 0-based line indices of the file before the patch. */
export interface PlacedHunk {
  hunk: PatchHunk;
  at: number;
  /** Old lines that it covers. */
  length: number;
  /** Other places that fit equally well, in file order, at most `MAX_OTHERS`. */
  others: number[];
}

/** Why a hunk has no place. `from` is where the search began. */
export interface Miss {
  kind: "context" | "lines" | "end";
  /** 0-based position of the hunk in its file. */
  index: number;
  hunk: PatchHunk;
  from: number;
  /** For `context`: the `@@` line that was not found. */
  anchor: string | null;
}

/** Other places that are named: enough to see that a hunk needs more context, few enough to read. */
const MAX_OTHERS = 5;

interface Start {
  from: number;
  /** Where the same `@@` lines are found again. */
  others: number[];
}

/** Finds the place of every hunk in a file. The search goes forward only: hunks stand in the order of the file. */
export function locateHunks(file: TextFile, hunks: readonly PatchHunk[]): { placed: PlacedHunk[] } | { miss: Miss } {
  const local = hunks.map((hunk) => translate(hunk, file));
  const finder = new LineFinder(file.lines, wantedLines(local));
  const placed: PlacedHunk[] = [];
  let cursor = 0;
  for (const [index, hunk] of local.entries()) {
    const found = locate(finder, hunk, cursor, index);
    if ("kind" in found) return { miss: found };
    placed.push(found);
    const appended = found.length === 0 && hunk.context.length === 0 && hunk.hint === null;
    if (!appended) cursor = found.at + found.length;
  }
  return { placed };
}

/** The hunk in the characters of the file. */
export function translate(hunk: PatchHunk, file: TextFile): PatchHunk {
  if (file.encoding !== "bytes") return hunk;
  const text = (line: string) => toFileText(line, file.encoding);
  return {
    ...hunk,
    context: hunk.context.map(text),
    lines: hunk.lines.map((line) => ({ ...line, text: text(line.text) })),
  };
}

/** A `@@` line as it is looked for: as written, and without a `@@` that some models close it with. */
function spellings(anchor: string): string[] {
  const closed = /^(.*\S)\s*@@$/.exec(anchor)?.[1];
  return closed === undefined ? [anchor] : [anchor, closed];
}

function wantedLines(hunks: readonly PatchHunk[]): Set<string> {
  const wanted = new Set<string>();
  for (const hunk of hunks) {
    for (const line of oldLines(hunk)) wanted.add(line);
    for (const anchor of hunk.context) for (const spelling of spellings(anchor)) wanted.add(spelling);
  }
  return wanted;
}

function locate(finder: LineFinder, hunk: PatchHunk, cursor: number, index: number): PlacedHunk | Miss {
  const start = followAnchors(finder, hunk.context, cursor);
  if ("anchor" in start) return { kind: "context", index, hunk, from: start.from, anchor: start.anchor };
  const old = oldLines(hunk);
  if (old.length === 0) return placeAddition(finder, hunk, start);
  const kind = hunk.end_of_file ? "end" : "lines";
  const last = hunk.lines.at(-1);
  // A blank line before the next marker is usually layout of the patch: the hunk may fit without it.
  const shorter = last?.op === " " && last.text === "" && old.length > 1 ? [old.slice(0, -1)] : [];
  for (const pattern of [old, ...shorter]) {
    const match = findPattern(finder, hunk, pattern, start.from);
    if (!match) continue;
    return { hunk, at: match.at, length: pattern.length, others: otherPlaces(finder, hunk, pattern, match, start) };
  }
  return { kind, index, hunk, from: start.from, anchor: null };
}

function followAnchors(
  finder: LineFinder,
  anchors: readonly string[],
  cursor: number,
): Start | { anchor: string; from: number } {
  const [outermost, ...inner] = anchors;
  if (outermost === undefined) return { from: cursor, others: [] };
  const match = findAnchor(finder, outermost, cursor);
  if (!match) return { anchor: outermost, from: cursor };
  const end = followInner(finder, inner, match.at + 1);
  if (typeof end !== "number") return end;
  const others: number[] = [];
  for (const again of finder.places([match.spelling], match.level, match.at + 1)) {
    const other = followInner(finder, inner, again + 1);
    if (typeof other === "number") others.push(other);
    if (others.length === MAX_OTHERS) break;
  }
  return { from: end, others };
}

/** Where the search goes on after all anchors; the anchor that is not there otherwise. */
function followInner(
  finder: LineFinder,
  anchors: readonly string[],
  start: number,
): number | { anchor: string; from: number } {
  let from = start;
  for (const anchor of anchors) {
    const match = findAnchor(finder, anchor, from);
    if (!match) return { anchor, from };
    from = match.at + 1;
  }
  return from;
}

function findAnchor(finder: LineFinder, anchor: string, from: number): (Match & { spelling: string }) | null {
  for (const spelling of spellings(anchor)) {
    const match = finder.find([spelling], from);
    if (match) return { ...match, spelling };
  }
  return null;
}

/** Lines without old ones beside them: after the `@@` line, at the line of a range header, else at the end of the file. */
function placeAddition(finder: LineFinder, hunk: PatchHunk, start: Start): PlacedHunk {
  const end = finder.lines.length;
  if (hunk.end_of_file) return { hunk, at: end, length: 0, others: [] };
  if (hunk.context.length > 0)
    return { hunk, at: start.from, length: 0, others: start.others.filter((at) => at !== start.from) };
  const at = hunk.hint === null ? end : Math.min(Math.max(hunk.hint, start.from), end);
  return { hunk, at, length: 0, others: [] };
}

function findPattern(finder: LineFinder, hunk: PatchHunk, pattern: readonly string[], from: number): Match | null {
  if (hunk.end_of_file) {
    const at = finder.lines.length - pattern.length;
    const level = at >= from ? finder.matchesAt(pattern, at) : null;
    return level ? { at, level } : null;
  }
  const match = finder.find(pattern, from, hunk.hint === null ? null : hunk.hint - 1);
  if (match || hunk.context.length === 0) return match;
  // The `@@` line was repeated as the first line of the hunk: it is both.
  const level = finder.matchesAt(pattern, from - 1);
  return level ? { at: from - 1, level } : null;
}

function otherPlaces(
  finder: LineFinder,
  hunk: PatchHunk,
  pattern: readonly string[],
  match: Match,
  start: Start,
): number[] {
  if (hunk.end_of_file || hunk.hint === match.at + 1) return [];
  const others = new Set<number>();
  if (hunk.context.length > 0) {
    for (const from of start.others) {
      for (const at of finder.places(pattern, match.level, from)) {
        if (at !== match.at) others.add(at);
        break;
      }
    }
  } else {
    for (const at of finder.places(pattern, match.level, start.from)) {
      if (at !== match.at) others.add(at);
      if (others.size === MAX_OTHERS) break;
    }
  }
  return [...others];
}
