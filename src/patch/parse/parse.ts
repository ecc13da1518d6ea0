import type { PatchResult } from "../contract.ts";
import { parseHunk } from "./hunk.ts";
import { clip, isNoNewline, PatchReader, PatchSyntaxError } from "./reader.ts";
import type { AddFile, DeleteFile, FilePatch, Patch, PatchHunk, UpdateFile } from "./syntax.ts";
import { unwrapPatch } from "./unwrap.ts";

const BEGIN = "*** Begin Patch";
const END = "*** End Patch";

/**
 * Reads a patch in the `*** Begin Patch` notation. Blank lines, a code fence and a heredoc around it are ignored, and
 * markers may be padded with spaces. An error names the line of `text` and what was expected there.
 */
export function parsePatch(text: string): PatchResult<Patch> {
  const { lines, offset } = unwrapPatch(text);
  try {
    return { ok: true, value: readPatch(new PatchReader(lines, offset)) };
  } catch (error) {
    if (!(error instanceof PatchSyntaxError)) throw error;
    return { ok: false, error: { message: error.message, path: error.path, patch_line: error.line } };
  }
}

function readPatch(reader: PatchReader): Patch {
  if (reader.peek()?.trim() !== BEGIN) {
    throw new PatchSyntaxError(`Invalid patch: the first line of the patch must be '${BEGIN}'.`, reader.line());
  }
  if (reader.last()?.trim() !== END) {
    throw new PatchSyntaxError(
      `Invalid patch: the last line of the patch must be '${END}'; is the patch cut off?`,
      reader.lastLine(),
    );
  }
  reader.dropLast();
  reader.next();
  const environment = readEnvironment(reader);
  const files: FilePatch[] = [];
  for (reader.skipBlank(); reader.peek() !== undefined; reader.skipBlank()) files.push(readFile(reader));
  return { files, environment };
}

function readEnvironment(reader: PatchReader): string | null {
  const id = reader.marker("Environment ID:");
  if (id !== null) reader.next();
  return id;
}

function readFile(reader: PatchReader): FilePatch {
  const line = reader.line();
  const add = reader.marker("Add File:");
  if (add !== null) return readAdd(reader, pathOf(add, line), line);
  const remove = reader.marker("Delete File:");
  if (remove !== null) return readDelete(reader, pathOf(remove, line), line);
  const update = reader.marker("Update File:");
  if (update !== null) return readUpdate(reader, pathOf(update, line), line);
  throw new PatchSyntaxError(
    `Invalid patch hunk on line ${line}: '${clip(reader.peek() ?? "")}' is not a file header. Expected ` +
      "'*** Add File: PATH', '*** Update File: PATH' or '*** Delete File: PATH'.",
    line,
  );
}

function pathOf(value: string, line: number): string {
  if (value === "") throw new PatchSyntaxError(`Invalid patch hunk on line ${line}: the path is missing.`, line);
  const odd = value.includes("\0") ? "a NUL byte" : value.isWellFormed() ? null : "half of a surrogate pair";
  if (odd !== null) throw new PatchSyntaxError(`Invalid patch hunk on line ${line}: the path holds ${odd}.`, line);
  return value;
}

function readAdd(reader: PatchReader, path: string, line: number): AddFile {
  reader.next();
  const lines: string[] = [];
  let final_newline = true;
  for (let text = reader.peek(); text !== undefined; text = reader.peek()) {
    if (text.startsWith("+")) lines.push(text.slice(1));
    else if (isNoNewline(text) && lines.length > 0) final_newline = false;
    else break;
    reader.next();
    if (!final_newline) break;
  }
  if (reader.marker("End of File") === "") reader.next();
  reader.skipBlank();
  const after = reader.peek();
  if (after !== undefined && !reader.atFileHeader()) {
    const at = reader.line();
    throw new PatchSyntaxError(
      `Invalid patch hunk on line ${at}: '${clip(after)}' in the new file ${path} does not start with '+'. ` +
        "Every line of an added file starts with '+', an empty one too.",
      at,
      path,
    );
  }
  return { kind: "add", path, lines, final_newline, must_be_new: false, executable: null, line };
}

function readDelete(reader: PatchReader, path: string, line: number): DeleteFile {
  reader.next();
  return { kind: "delete", path, expected: null, line };
}

function readUpdate(reader: PatchReader, path: string, line: number): UpdateFile {
  reader.next();
  const target = reader.marker("Move to:");
  const move_path = target === null ? null : pathOf(target, reader.line());
  if (move_path !== null) reader.next();
  const hunks: PatchHunk[] = [];
  for (reader.skipBlank(); !reader.atFileHeader(); reader.skipBlank()) hunks.push(parseHunk(reader, path));
  if (hunks.length === 0 && move_path === null) {
    throw new PatchSyntaxError(
      `Invalid patch hunk on line ${line}: the update of ${path} has no lines. Write '@@' and lines that start with ' ', '-' or '+'.`,
      line,
      path,
    );
  }
  return { kind: "update", path, move_path, hunks, executable: null, line };
}
