import type { PatchResult } from "../contract.ts";
import { clip, PatchSyntaxError } from "../parse/reader.ts";
import type { FilePatch, HunkLine, Patch, PatchHunk } from "../parse/syntax.ts";
import { nameInHeader, pathsOfGitHeader, stripPrefixes, unquote } from "./names.ts";

/** One file of a diff while it is read. Paths are as written; null: /dev/null. */
interface Section {
  line: number;
  old_path: string | null;
  new_path: string | null;
  old_mode: number | null;
  new_mode: number | null;
  hunks: PatchHunk[];
}

const HUNK = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@/;

/**
 * Reads a unified diff, as `git diff`, `git format-patch` and `diff -u` write it, into the same model as `parsePatch`.
 * Text around the files is skipped. Renames, new and deleted files and executable bits are understood; binary changes,
 * copies, symlinks and submodules are refused with the reason.
 */
export function parseUnifiedDiff(text: string): PatchResult<Patch> {
  try {
    return { ok: true, value: { files: new DiffReader(text).files(), environment: null } };
  } catch (error) {
    if (!(error instanceof PatchSyntaxError)) throw error;
    return { ok: false, error: { message: error.message, path: error.path, patch_line: error.line } };
  }
}

class DiffReader {
  readonly #lines: string[];
  readonly #files: FilePatch[] = [];
  #at = 0;

  constructor(text: string) {
    const lines = text.split("\n");
    // A diff that was saved with CRLF has it on its own lines too; one of a CRLF file has it on the file's lines only. (`--- `
    // may be a removed line `-- `, so it says nothing.)
    const saved_with_crlf = lines.some((line) => /^(?:diff --git |@@ -).*\r$/.test(line));
    this.#lines = saved_with_crlf ? lines.map((line) => line.replace(/\r$/, "")) : lines;
  }

  files(): FilePatch[] {
    while (this.#at < this.#lines.length) {
      const section = this.#section();
      if (section) this.#files.push(fileOf(section));
      else this.#at++;
    }
    if (this.#files.length === 0) {
      throw new PatchSyntaxError("This is not a unified diff: it has no '--- a/FILE' and '+++ b/FILE' lines.", 1);
    }
    return this.#files;
  }

  #peek(ahead = 0): string {
    return this.#lines[this.#at + ahead] ?? "";
  }

  #section(): Section | null {
    const line = this.#at + 1;
    const git = this.#peek().startsWith("diff --git ");
    if (!git && !this.#atNames()) return null;
    const section: Section = { line, old_path: null, new_path: null, old_mode: null, new_mode: null, hunks: [] };
    if (git) this.#gitHeader(section);
    if (this.#atNames()) {
      const names = stripPrefixes(nameInHeader(this.#peek()), nameInHeader(this.#peek(1)), git);
      Object.assign(section, { old_path: names.before, new_path: names.after });
      this.#at += 2;
    } else if (!git) return null;
    while (HUNK.test(this.#peek())) section.hunks.push(this.#hunk());
    return section;
  }

  #atNames(): boolean {
    return this.#peek().startsWith("--- ") && this.#peek(1).startsWith("+++ ");
  }

  #gitHeader(section: Section): void {
    const names = pathsOfGitHeader(this.#peek());
    Object.assign(section, { old_path: names?.before ?? null, new_path: names?.after ?? null });
    for (this.#at++; this.#at < this.#lines.length; this.#at++) {
      const text = this.#peek();
      if (this.#atNames() || text.startsWith("diff --git ") || HUNK.test(text)) return;
      if (!this.#extendedHeader(section, text)) return;
    }
  }

  /** false: the line belongs to no header. */
  #extendedHeader(section: Section, text: string): boolean {
    const found = /^(old mode|new mode|new file mode|deleted file mode|rename from|rename to) (.+)$/.exec(text);
    const value = found?.[2] ?? "";
    switch (found?.[1]) {
      case "old mode":
        section.old_mode = this.#mode(value);
        return true;
      case "new mode":
        section.new_mode = this.#mode(value);
        return true;
      case "new file mode":
        section.new_mode = this.#mode(value);
        section.old_path = null;
        return true;
      case "deleted file mode":
        section.old_mode = this.#mode(value);
        section.new_path = null;
        return true;
      case "rename from":
        section.old_path = unquote(value);
        return true;
      case "rename to":
        section.new_path = unquote(value);
        return true;
    }
    if (/^copy (from|to) /.test(text)) throw this.#refusal("it copies a file; make the diff without -C", section);
    if (/^(Binary files .* differ|GIT binary patch)$/.test(text)) throw this.#refusal("the change is binary", section);
    return /^(similarity index|dissimilarity index|index) /.test(text);
  }

  #mode(value: string): number {
    const mode = Number.parseInt(value, 8);
    const kind = mode & 0o170000;
    if (kind === 0o100000) return mode & 0o777;
    const what = kind === 0o120000 ? "a symlink" : "a submodule";
    throw new PatchSyntaxError(
      `Cannot apply line ${this.#at + 1}: it changes ${what}. Use git apply for it.`,
      this.#at + 1,
    );
  }

  #refusal(why: string, section: Section): PatchSyntaxError {
    const path = section.new_path ?? section.old_path;
    return new PatchSyntaxError(
      `Cannot apply the diff of ${path ?? "a file"} (line ${this.#at + 1}): ${why}. Use git apply for it.`,
      this.#at + 1,
      path,
    );
  }

  #hunk(): PatchHunk {
    const line = this.#at + 1;
    const header = HUNK.exec(this.#peek());
    let old_left = Number(header?.[2] ?? 1);
    let new_left = Number(header?.[3] ?? 1);
    const lines: HunkLine[] = [];
    this.#at++;
    while (old_left > 0 || new_left > 0) {
      const text = this.#peek();
      const op = text === "" && this.#at < this.#lines.length ? " " : text[0];
      const fits = op === " " ? old_left > 0 && new_left > 0 : op === "-" ? old_left > 0 : op === "+" && new_left > 0;
      if (op === "\\") this.#noNewline(lines);
      else if (fits && (op === " " || op === "-" || op === "+")) {
        lines.push({ op, text: text.slice(1) });
        if (op !== "+") old_left--;
        if (op !== "-") new_left--;
      } else throw this.#miscounted(line, text);
      this.#at++;
    }
    if (this.#peek().startsWith("\\")) {
      this.#noNewline(lines);
      this.#at++;
    }
    if (this.#hasMore()) throw this.#miscounted(line, this.#peek());
    return { context: [], hint: Number(header?.[1] ?? 0), lines, end_of_file: false, line };
  }

  /** Whether lines of the hunk follow that its header does not count. `-- ` opens the signature of a mail. */
  #hasMore(): boolean {
    return /^[ +-]/.test(this.#peek()) && !this.#atNames() && !/^-- ?$/.test(this.#peek());
  }

  #noNewline(lines: HunkLine[]): void {
    const last = lines.at(-1);
    if (last) last.no_newline = true;
  }

  #miscounted(line: number, text: string): PatchSyntaxError {
    return new PatchSyntaxError(
      `Invalid diff: the '@@' line ${line} counts other lines than follow it; at line ${this.#at + 1} stands '${clip(text)}'. ` +
        "The diff is cut off or was edited by hand.",
      line,
    );
  }
}

function fileOf(section: Section): FilePatch {
  const { old_path, new_path, old_mode, new_mode, hunks, line } = section;
  const changed = hunks.flatMap((hunk) => hunk.lines);
  if (old_path !== null && new_path !== null) {
    if (changed.some((line) => line.op !== "+" && line.text.endsWith("\r"))) changed.forEach(takeEnding);
    const executable = new_mode === null || new_mode === old_mode ? null : (new_mode & 0o111) !== 0;
    const move_path = new_path === old_path ? null : new_path;
    return { kind: "update", path: old_path, move_path, hunks, executable, line };
  }
  if (new_path !== null) {
    const lines = changed.map((added) => added.text);
    const executable = new_mode === null || (new_mode & 0o111) === 0 ? null : true;
    return {
      kind: "add",
      path: new_path,
      lines,
      final_newline: changed.at(-1)?.no_newline !== true,
      must_be_new: true,
      executable,
      line,
    };
  }
  if (old_path !== null)
    return { kind: "delete", path: old_path, expected: changed.map((removed) => removed.text), line };
  throw new PatchSyntaxError(`Invalid diff: the file at line ${line} has no name.`, line);
}

/** In a diff of a file with CRLF the CR is not part of the text: it says how the line ends. */
function takeEnding(line: HunkLine): void {
  const crlf = line.text.endsWith("\r");
  if (crlf) line.text = line.text.slice(0, -1);
  if (line.op === "+") line.ending = crlf ? "\r\n" : "\n";
}
