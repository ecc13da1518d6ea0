import { loosest } from "./locate/levels.ts";
import type { Miss } from "./locate/locate.ts";
import { LineFinder } from "./locate/seek.ts";
import { closestLine } from "./locate/similar.ts";
import { newLines, oldLines } from "./parse/syntax.ts";
import { type TextFile, toShownText } from "./text.ts";

/** Lines of the file around a difference: enough to write the hunk again, small beside a model's context. */
const AROUND = 3;
/** Longest quoted line. Minified files have lines of megabytes. */
const QUOTE = 200;
/** A line that stands in more places than this says nothing about where a hunk belongs. */
const COMMON = 2000;
/** Places that are compared line by line, those with the most votes first. */
const CANDIDATES = 50;

/**
 * Says why a hunk has no place, sized for a model: what was looked for and from where, what stands there now, and where the
 * nearest match is.
 */
export function explainMiss(shown_path: string, file: TextFile, miss: Miss, hunks: number): string {
  const hunk = hunks > 1 ? `hunk ${miss.index + 1} of ${hunks}` : "the hunk";
  const where = `${hunk} (patch line ${miss.hunk.line}) in ${shown_path}${miss.from > 0 ? `, at or after line ${miss.from + 1}` : ""}`;
  if (file.lines.length === 0) return `Failed to find the expected lines of ${where}: the file is empty.`;
  if (miss.kind === "context") return explainAnchor(where, file, miss);
  const old = oldLines(miss.hunk);
  const finder = new LineFinder(file.lines, [...old, ...newLines(miss.hunk)]);
  const head =
    miss.kind === "end"
      ? `Failed to find the expected lines of ${where}, at the end of the file, where '*** End of File' puts them.`
      : `Failed to find the expected lines of ${where}.`;
  const elsewhere = finder.find(old, 0);
  if (elsewhere) return `${head}\n${explainElsewhere(elsewhere.at, old.length, miss, file)}`;
  const applied = finder.find(newLines(miss.hunk), 0);
  if (applied && newLines(miss.hunk).some((line) => line.trim() !== "")) {
    return (
      `${head}\nIts new lines are there already, at ${span(applied.at, newLines(miss.hunk).length)}: ` +
      "this change seems to be made. Leave the hunk out, or read the file again."
    );
  }
  return `${head}\n${nearest(file, finder, old, miss.from)}`;
}

function explainElsewhere(at: number, length: number, miss: Miss, file: TextFile): string {
  if (miss.kind === "end") {
    return `They stand at ${span(at, length)}, but the file has ${file.lines.length} lines. Leave the marker out to change them there.`;
  }
  const before = miss.hunk.context.length > 0 ? "its '@@' lines or the hunk before it end" : "the hunk before it ends";
  return `They stand at ${span(at, length)}, before line ${miss.from + 1}, where ${before}: hunks must follow the order of the file and must not overlap.`;
}

function explainAnchor(where: string, file: TextFile, miss: Miss): string {
  const anchor = miss.anchor ?? "";
  const head = `Failed to find the context '@@ ${quote(anchor, file)}' of ${where}.`;
  const earlier = new LineFinder(file.lines, [anchor]).find([anchor], 0);
  if (earlier)
    return `${head}\nIt stands at line ${earlier.at + 1}, before that: hunks must follow the order of the file.`;
  const close = closestLine(file.lines, anchor, miss.from);
  const advice = "A '@@' line must be one whole line of the file; leave it out if the hunk's own lines are unique.";
  return close === null
    ? `${head}\n${advice}`
    : `${head}\nThe most similar line:\n${excerpt(file, close, close)}\n${advice}`;
}

function nearest(file: TextFile, finder: LineFinder, old: readonly string[], from: number): string {
  const best = mostAgreeing(finder, old, from) ?? similarPlace(file, old, from);
  if (best === null) {
    return `No line of the file resembles them. Lines ${from + 1} and on:\n${excerpt(file, from, from + AROUND)}\nRead the file again before the next patch.`;
  }
  const at = Math.max(best.at, 0);
  const difference = Math.max(
    old.findIndex((line, i) => !agrees(line, file.lines[best.at + i])),
    0,
  );
  const stands = file.lines[best.at + difference];
  const beyond = best.at + difference < 0 ? "(it begins after that)" : "(it ends before that)";
  const line = Math.min(Math.max(best.at + difference, 0), file.lines.length - 1);
  return [
    `The nearest match is at ${span(at, Math.min(best.at + old.length, file.lines.length) - at)}, ${best.votes} of ${old.length} lines agree. The first that differs:`,
    `  patch: ${quote(old[difference] ?? "", file)}`,
    `  file:  ${stands === undefined ? beyond : quote(stands, file)}`,
    "What stands there now:",
    excerpt(file, line, line),
    "Nothing was written. Send the patch again with the lines as they stand in the file.",
  ].join("\n");
}

function agrees(line: string, other: string | undefined): boolean {
  return other !== undefined && loosest(line) === loosest(other);
}

/** The place where most lines agree: each line votes for the start that its own places ask for. */
function mostAgreeing(finder: LineFinder, old: readonly string[], from: number): { at: number; votes: number } | null {
  const votes = new Map<number, number>();
  for (const [offset, line] of old.entries()) {
    if (line.trim() === "") continue;
    const positions = finder.positions(line, loosest);
    if (positions.length > COMMON) continue;
    for (const at of positions) votes.set(at - offset, (votes.get(at - offset) ?? 0) + 1);
  }
  const likely = [...votes.entries()].sort((a, b) => b[1] - a[1]).slice(0, CANDIDATES);
  let best: { at: number; votes: number } | null = null;
  for (const [at] of likely) {
    const agreeing = old.filter((line, i) => agrees(line, finder.lines[at + i])).length;
    const nearer = best !== null && agreeing === best.votes && Math.abs(at - from) < Math.abs(best.at - from);
    if (best === null || agreeing > best.votes || nearer) best = { at, votes: agreeing };
  }
  return best;
}

function similarPlace(file: TextFile, old: readonly string[], from: number): { at: number; votes: number } | null {
  const longest = old.reduce((best, line, i) => (line.length > (old[best] ?? "").length ? i : best), 0);
  const at = closestLine(file.lines, old[longest] ?? "", from);
  return at === null ? null : { at: at - longest, votes: 0 };
}

function excerpt(file: TextFile, first: number, last: number): string {
  const from = Math.max(first - AROUND, 0);
  const to = Math.min(last + AROUND, file.lines.length - 1);
  const width = String(to + 1).length;
  const rows: string[] = [];
  for (let i = from; i <= to; i++) rows.push(`${String(i + 1).padStart(width)}| ${quote(file.lines[i] ?? "", file)}`);
  return rows.join("\n");
}

function quote(line: string, file: TextFile): string {
  const shown = toShownText(line, file.encoding);
  return shown.length > QUOTE ? `${shown.slice(0, QUOTE)}… (${shown.length} characters)` : shown;
}

function span(at: number, length: number): string {
  return length > 1 ? `lines ${at + 1}-${at + length}` : `line ${at + 1}`;
}
