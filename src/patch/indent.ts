import type { PlacedHunk } from "./locate/locate.ts";
import type { TextFile } from "./text.ts";

/** How a line of the patch is indented, and how the line of the file is that it stands for. */
interface Pair {
  patch: string;
  file: string;
}

const indentOf = (line: string) => /^[ \t]*/.exec(line)?.[0] ?? "";

/**
 * The hunk as the file would have it: where its old lines were found with another kind of indent, the new lines get the file's. A
 * Makefile keeps its tabs though the model wrote spaces. Of one kind, an indent is as the patch has it: it says how deep.
 */
export function withFileIndent(placed: PlacedHunk, file: TextFile): PlacedHunk {
  const pairs = pairsOf(placed, file);
  if (!pairs.some(otherKind)) return placed;
  const { hunk } = placed;
  const lines = hunk.lines.map((line) => (line.op === "+" ? { ...line, text: reindented(line.text, pairs) } : line));
  return { ...placed, hunk: { ...hunk, lines } };
}

const otherKind = ({ patch, file }: Pair) => (isSpaces(patch) && isTabs(file)) || (isTabs(patch) && isSpaces(file));

function pairsOf({ hunk, at, length }: PlacedHunk, file: TextFile): Pair[] {
  const old = hunk.lines.filter(({ op }) => op !== "+").slice(0, length);
  return old.flatMap(({ text }, index) => {
    const found = file.lines[at + index] ?? "";
    return text.trim() === "" || found.trim() === "" ? [] : [{ patch: indentOf(text), file: indentOf(found) }];
  });
}

function reindented(text: string, pairs: readonly Pair[]): string {
  if (text.trim() === "") return text;
  const own = indentOf(text);
  const meant = fileIndent(own, pairs);
  return meant === null ? text : meant + text.slice(own.length);
}

/** The file's indent for one of the patch: that of the old line that is nearest to it, and what goes beyond that. */
function fileIndent(own: string, pairs: readonly Pair[]): string | null {
  const nearest = pairs
    .filter(({ patch }) => own.startsWith(patch))
    .reduce<Pair | null>((best, pair) => (best === null || pair.patch.length > best.patch.length ? pair : best), null);
  if (nearest === null) return null;
  return nearest.file + inUnits(own.slice(nearest.patch.length), pairs);
}

/** Deeper levels in the file's own characters, by the width that a level has where both can be compared. */
function inUnits(rest: string, pairs: readonly Pair[]): string {
  if (rest === "") return "";
  const sample = pairs.find(({ patch, file }) => isSpaces(patch) && isTabs(file));
  if (sample && isSpaces(rest)) {
    const width = Math.max(1, Math.round(sample.patch.length / sample.file.length));
    return "\t".repeat(Math.floor(rest.length / width)) + " ".repeat(rest.length % width);
  }
  const other = pairs.find(({ patch, file }) => isTabs(patch) && isSpaces(file));
  if (other && isTabs(rest)) return " ".repeat(rest.length * Math.round(other.file.length / other.patch.length));
  return rest;
}

const isSpaces = (text: string) => /^ +$/.test(text);
const isTabs = (text: string) => /^\t+$/.test(text);
