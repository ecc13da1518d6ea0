import type { PlacedHunk } from "./locate/locate.ts";
import type { HunkLine } from "./parse/syntax.ts";
import { byteLength, encode, lineEnding, type TextFile } from "./text.ts";

/** Lines `start` … `start + removed` of the file are replaced by `added`, each with its ending, in the file's characters. */
export interface Edit {
  start: number;
  removed: number;
  added: string[];
}

interface RoughEdit {
  start: number;
  removed: number;
  added: Pick<HunkLine, "text" | "ending">[];
  /** What the patch says about the newline after the last added line; null: nothing. */
  final_newline: boolean | null;
}

/**
 * The edits that placed hunks ask for: sorted, not touching each other, and only where lines go or come, so that every
 * kept line stays byte by byte. New lines get the ending of the line that they replace, else of their neighbour.
 */
export function editsOf(file: TextFile, placed: readonly PlacedHunk[]): Edit[] {
  const rough = placed.flatMap(changesOf).sort((a, b) => a.start - b.start);
  const merged: RoughEdit[] = [];
  for (const edit of rough) {
    const last = merged.at(-1);
    if (last && last.start + last.removed === edit.start) {
      last.removed += edit.removed;
      last.added.push(...edit.added);
      last.final_newline = edit.final_newline;
    } else merged.push(edit);
  }
  return merged.map((edit) => withEndings(file, edit));
}

function changesOf({ hunk, at }: PlacedHunk): RoughEdit[] {
  const edits: RoughEdit[] = [];
  let open: RoughEdit | null = null;
  let position = at;
  let old_newline: boolean | null = null;
  for (const line of hunk.lines) {
    if (line.op === " ") open = null;
    else {
      if (!open) {
        open = { start: position, removed: 0, added: [], final_newline: null };
        edits.push(open);
      }
      if (line.op === "-") open.removed++;
      else open.added.push(line);
      if (line.no_newline && line.op === "+") open.final_newline = false;
      if (line.no_newline && line.op === "-") old_newline = false;
    }
    if (line.op !== "+") position++;
  }
  const last = edits.at(-1);
  if (last && old_newline === false && last.final_newline === null) last.final_newline = true;
  return edits;
}

function withEndings(file: TextFile, edit: RoughEdit): Edit {
  const count = file.lines.length;
  let { start, removed } = edit;
  const lines = [...edit.added];
  const at_end = start + removed === count && count > 0;
  const bare_end = at_end && lineEnding(file, count - 1) === "";
  if (bare_end && removed === 0 && lines.length > 0) {
    // Appending gives the last line the newline that it did not have: it is rewritten with it.
    start--;
    removed = 1;
    lines.unshift({ text: file.lines[start] ?? "" });
  }
  const added = lines.map(({ text, ending: asked }, i) => {
    const ending = asked ?? endingFor(file, start, removed, i);
    return (ending === "\r\n" && text.endsWith("\r") ? text.slice(0, -1) : text) + ending;
  });
  const last = lines.at(-1);
  const newline = edit.final_newline ?? !bare_end;
  if (last !== undefined && start + removed === count && !newline) added[added.length - 1] = last.text;
  return { start, removed, added };
}

function endingFor(file: TextFile, start: number, removed: number, i: number): string {
  const replaced = removed > 0 ? lineEnding(file, start + Math.min(i, removed - 1)) : "";
  return replaced || lineEnding(file, start - 1) || lineEnding(file, start + removed) || lineEnding(file, 0) || "\n";
}

/** The new content: pieces of the old bytes, untouched, with the new lines between them. */
export function applyEdits(file: TextFile, edits: readonly Edit[]): Uint8Array[] {
  const content: Uint8Array[] = [];
  const offset = byteOffsets(file);
  let from = 0;
  for (const edit of edits) {
    content.push(file.bytes.subarray(from, offset(edit.start)));
    if (edit.added.length > 0) content.push(encode(edit.added.join(""), file.encoding));
    from = offset(edit.start + edit.removed);
  }
  content.push(file.bytes.subarray(from));
  return content.filter((piece) => piece.length > 0);
}

/** Offset in bytes of a line; must be asked in ascending order, so that the file is measured once. */
function byteOffsets(file: TextFile): (line: number) => number {
  const one_byte = file.encoding === "utf-8" && file.text.length === file.bytes.length - file.bom;
  let chars = 0;
  let bytes = file.bom;
  return (line) => {
    const target = file.starts[line] ?? file.text.length;
    bytes += one_byte ? target - chars : byteLength(file.text.slice(chars, target), file.encoding);
    chars = target;
    return bytes;
  };
}
