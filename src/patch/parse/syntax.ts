/** A patch as data: what both notations (the `*** Begin Patch` format and unified diffs) are read into. */
export interface Patch {
  files: FilePatch[];
  /** Value of the optional `*** Environment ID:` line; read and kept, not used. */
  environment: string | null;
}

/** One file operation. `line` is the 1-based line of the patch text that it starts on. */
export type FilePatch = AddFile | DeleteFile | UpdateFile;

export interface AddFile {
  kind: "add";
  path: string;
  lines: string[];
  /** false: the content ends without a newline. */
  final_newline: boolean;
  /** The patch says that there is no such file yet (a unified diff against /dev/null). */
  must_be_new: boolean;
  executable: boolean | null;
  line: number;
}

export interface DeleteFile {
  kind: "delete";
  path: string;
  /** What the file must hold, where the notation says so (unified diffs); null: anything. */
  expected: string[] | null;
  line: number;
}

export interface UpdateFile {
  kind: "update";
  path: string;
  move_path: string | null;
  hunks: PatchHunk[];
  /** New executable bit; null: as it is. */
  executable: boolean | null;
  line: number;
}

export interface PatchHunk {
  /** `@@` lines, outermost first: each moves the cursor behind the line that it names. */
  context: string[];
  /** 1-based line of the old file from a `@@ -N,… +N,… @@` header; it decides between places that fit equally well. */
  hint: number | null;
  lines: HunkLine[];
  /** The old lines must be the last ones of the file. */
  end_of_file: boolean;
  line: number;
}

/** A line of a hunk: kept, removed or added. */
export interface HunkLine {
  op: " " | "-" | "+";
  text: string;
  /** The patch says that the file ends after this line without a newline. */
  no_newline?: true;
  /** Ending of an added line, where a diff of a CRLF file says it; absent: that of its neighbours. */
  ending?: "\n" | "\r\n";
}

/** Lines that a hunk expects to find, in order. */
export function oldLines(hunk: PatchHunk): string[] {
  return hunk.lines.filter((line) => line.op !== "+").map((line) => line.text);
}

/** Lines that stand there after a hunk, in order. */
export function newLines(hunk: PatchHunk): string[] {
  return hunk.lines.filter((line) => line.op !== "-").map((line) => line.text);
}
