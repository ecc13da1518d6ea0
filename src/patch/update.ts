import { applyEdits, type Edit, editsOf } from "./edit.ts";
import { explainMiss } from "./explain.ts";
import { withFileIndent } from "./indent.ts";
import { locateHunks, type PlacedHunk, translate } from "./locate/locate.ts";
import { PlanError } from "./overlay.ts";
import type { PatchHunk, UpdateFile } from "./parse/syntax.ts";
import { splitText, type TextFile, unencodable } from "./text.ts";

/** What the hunks of one file make of its content. */
export interface EditedText {
  file: TextFile;
  edits: Edit[];
  pieces: Uint8Array[];
  /** Hunks that would have fitted elsewhere too, in words. */
  notes: string[];
}

/** Applies the hunks of an update to a content. Throws PlanError when one does not fit, or, if `strict`, fits twice. */
export function editContent(pieces: readonly Uint8Array[], update: UpdateFile, strict: boolean): EditedText {
  const read = splitText(joined(pieces), namesMark(update.hunks));
  if (!read.ok) throw new PlanError(`Failed to update ${update.path}: ${read.reason}.`, update.line);
  const { file } = read;
  refuseUnencodable(file, update);
  const located = locateHunks(file, update.hunks);
  if ("miss" in located) {
    const { miss } = located;
    throw new PlanError(explainMiss(update.path, file, miss, update.hunks.length), miss.hunk.line);
  }
  const notes = located.placed.flatMap((placed, i) => noteOf(update, placed, i, strict));
  const placed = located.placed.map((one) => withFileIndent(one, file));
  const edits = editsOf(file, placed);
  return { file, edits, pieces: applyEdits(file, edits), notes };
}

/** Whether a patch speaks of the byte order mark, as diffs of files that have one do. */
function namesMark(hunks: readonly PatchHunk[]): boolean {
  return hunks.some((hunk) => hunk.lines.some((line) => line.text.startsWith("\ufeff")));
}

/** The content of a file as one array; no copy where it is one already. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces.length === 1 ? (pieces[0] ?? new Uint8Array()) : Buffer.concat(pieces);
}

function refuseUnencodable(file: TextFile, update: UpdateFile): void {
  for (const hunk of update.hunks) {
    const character = firstUnencodable(hunk, file);
    if (character === null) continue;
    const name = file.encoding === "latin1" ? "ISO 8859-1 (latin-1)" : "UTF-8";
    throw new PlanError(
      `Failed to update ${update.path}: the file is ${name}, and the hunk at patch line ${hunk.line} adds ` +
        `'${character}', which that encoding cannot hold. Write it in ASCII, or convert the file to UTF-8 first.`,
      hunk.line,
    );
  }
}

function firstUnencodable(hunk: PatchHunk, file: TextFile): string | null {
  for (const line of translate(hunk, file).lines) {
    const character = line.op === "+" ? unencodable(line.text, file.encoding) : null;
    if (character !== null) return character;
  }
  return null;
}

function noteOf(update: UpdateFile, placed: PlacedHunk, index: number, strict: boolean): string[] {
  if (placed.others.length === 0) return [];
  const others = placed.others.map((at) => at + 1).join(", ");
  const hunk = `hunk ${index + 1} (patch line ${placed.hunk.line})`;
  if (strict) {
    throw new PlanError(
      `Failed to update ${update.path}: ${hunk} fits at line ${placed.at + 1} and also at line ${others}. ` +
        "Add context lines or a '@@' line that only one of the places has.",
      placed.hunk.line,
    );
  }
  const count = placed.others.length > 1 ? "lines" : "line";
  return [
    `${update.path}: ${hunk} was applied at line ${placed.at + 1}, the first place that fits; it would also fit at ${count} ${others}.`,
  ];
}
