/** A line of a diff: what it is, its text without the mark, and its number in the old or new file. */
export interface DiffLine {
  kind: "added" | "removed" | "same" | "note";
  text: string;
  number: number | null;
}

/** Lines of a file that are changed together. */
export interface Hunk {
  /** What stands behind the second `@@`: where in the program one is. */
  where: string;
  lines: DiffLine[];
}

/** A diff of one file. */
export interface FileDiff {
  /** Its name as the diff has it; empty when it has none. */
  name: string;
  /** Lines before the first hunk that say more than the name: modes, a rename, that it is binary. */
  notes: string[];
  hunks: Hunk[];
  added: number;
  removed: number;
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/;
/** Lines before the first hunk that only repeat the name, or are for programs. */
const NAMES = /^(--- |\+\+\+ |===|Index:|diff |index |similarity |$)/;

/** Reads the unified diff of one file. What is no line of a diff is a note: nothing is left out. */
export function readDiff(diff: string): FileDiff {
  return filesOf(diff, true)[0] ?? emptyFile();
}

/** The files of a diff, as git writes it. */
export function readDiffs(unified: string): FileDiff[] {
  return filesOf(unified, false);
}

function filesOf(unified: string, single: boolean): FileDiff[] {
  const reader = new DiffReader(single);
  const lines = unified.replace(/\n$/, "").split("\n");
  for (const [at, line] of lines.entries()) reader.read(line, lines[at + 1] ?? "");
  return reader.files;
}

const emptyFile = (): FileDiff => ({ name: "", notes: [], hunks: [], added: 0, removed: 0 });

class DiffReader {
  readonly files: FileDiff[] = [];
  /** All is of one file, whatever it looks like. */
  readonly #single: boolean;
  #file: FileDiff | null = null;
  /** The numbers of the next lines. */
  #old = 1;
  #now = 1;
  /** Lines that the hunk still has on each side: what looks like a head is a line of it. */
  #oldLeft = 0;
  #nowLeft = 0;
  /** Whether the file has had its `---`. */
  #named = false;

  constructor(single: boolean) {
    this.#single = single;
  }

  read(line: string, next: string): void {
    const inHunk = this.#oldLeft > 0 || this.#nowLeft > 0;
    if (!this.#single && !inHunk && this.#begins(line, next)) this.#begin();
    const file = this.#file ?? this.#begin();
    // No line of a hunk begins like that.
    const head = HUNK.exec(line);
    if (head) this.#hunk(file, head);
    else if (file.hunks.length === 0) this.#head(file, line);
    else this.#line(file, line);
  }

  #begins(line: string, next: string): boolean {
    if (line.startsWith("diff --git ")) return true;
    return line.startsWith("--- ") && next.startsWith("+++ ") && this.#named;
  }

  #begin(): FileDiff {
    this.#file = emptyFile();
    this.#named = false;
    this.files.push(this.#file);
    return this.#file;
  }

  #head(file: FileDiff, line: string): void {
    const [, mark = "", path = ""] = /^(---|\+\+\+|diff --git \S+) (.*?)(?:\t.*)?$/.exec(line) ?? [];
    if (mark !== "" && path !== "/dev/null") file.name = path.replace(/^[ab]\//, "");
    if (mark === "---") this.#named = true;
    if (!NAMES.test(line)) file.notes.push(line);
  }

  #hunk(file: FileDiff, [, old, oldCount = "1", now, nowCount = "1", where = ""]: RegExpExecArray): void {
    this.#named = true;
    [this.#old, this.#now] = [Number(old), Number(now)];
    [this.#oldLeft, this.#nowLeft] = [Number(oldCount), Number(nowCount)];
    file.hunks.push({ where, lines: [] });
  }

  #line(file: FileDiff, line: string): void {
    const read = this.#readLine(line);
    if (read.kind === "added") file.added++;
    if (read.kind === "removed") file.removed++;
    if (read.kind === "added" || read.kind === "same") {
      this.#now++;
      this.#nowLeft--;
    }
    if (read.kind === "removed" || read.kind === "same") {
      this.#old++;
      this.#oldLeft--;
    }
    file.hunks.at(-1)?.lines.push(read);
  }

  #readLine(line: string): DiffLine {
    const text = line.slice(1);
    if (line.startsWith("+")) return { kind: "added", text, number: this.#now };
    if (line.startsWith("-")) return { kind: "removed", text, number: this.#old };
    if (line.startsWith(" ") || line === "") return { kind: "same", text, number: this.#now };
    return { kind: "note", text: line, number: null };
  }
}
