import type { Edit } from "./edit.ts";
import { lineEnding, type TextFile, toShownText } from "./text.ts";

/** Kept lines around a change, as in every unified diff. */
const CONTEXT = 3;
/** A diff is cut after this many characters: it is stored and shown with the item (as command output, 1 MiB). */
const MAX_DIFF = 1024 * 1024;
/** Changed lines after which the shortest diff is no longer sought (its cost grows with their square). */
const MAX_CHANGED_LINES = 2000;

/** A side of a diff: its name in the header, or null where the file does not exist. */
export interface DiffNames {
  before: string | null;
  after: string | null;
}

/** The lines of a file as they are shown, endings included. A function, because a diff shows few of them. */
export interface ShownLines {
  count: number;
  line(index: number): string;
}

export function shownLines(file: TextFile): ShownLines {
  return {
    count: file.lines.length,
    line: (index) => shownLine((file.lines[index] ?? "") + lineEnding(file, index), file),
  };
}

/** Edits with their new lines as they are shown. */
export function shownEdits(file: TextFile, edits: readonly Edit[]): Edit[] {
  return edits.map((edit) => ({ ...edit, added: edit.added.map((line) => shownLine(line, file)) }));
}

/** A diff cannot say CR alone: lines that end with it are shown as all others. */
function shownLine(line: string, file: TextFile): string {
  const shown = toShownText(line, file.encoding);
  return shown.endsWith("\r") && lineEnding(file, 0) === "\r" ? `${shown.slice(0, -1)}\n` : shown;
}

/**
 * Writes the unified diff of edits to a file, with git's headers, so that `moat apply` and `git apply` read it. `added`
 * lines are as they are shown.
 */
export function renderDiff(names: DiffNames, before: ShownLines, edits: readonly Edit[]): string {
  const out = new DiffText(names);
  let shift = 0;
  for (const group of groups(edits)) {
    const first = group[0];
    const last = group.at(-1);
    if (!first || !last) continue;
    const start = Math.max(first.start - CONTEXT, 0);
    const end = Math.min(last.start + last.removed + CONTEXT, before.count);
    const growth = group.reduce((sum, edit) => sum + edit.added.length - edit.removed, 0);
    out.header(start, end - start, start + shift, end - start + growth);
    let at = start;
    for (const edit of group) {
      for (; at < edit.start; at++) out.line(" ", before.line(at));
      for (; at < edit.start + edit.removed; at++) out.line("-", before.line(at));
      for (const line of edit.added) out.line("+", line);
    }
    for (; at < end; at++) out.line(" ", before.line(at));
    shift += growth;
    if (out.full) break;
  }
  return out.toString();
}

class DiffText {
  full = false;
  readonly #parts: string[];
  #length = 0;

  constructor(names: DiffNames) {
    this.#parts = [`--- ${quoteName("a/", names.before)}\n`, `+++ ${quoteName("b/", names.after)}\n`];
  }

  header(old_start: number, old_count: number, new_start: number, new_count: number): void {
    const range = (start: number, count: number) =>
      `${count === 0 ? start : start + 1}${count === 1 ? "" : `,${count}`}`;
    this.#parts.push(`@@ -${range(old_start, old_count)} +${range(new_start, new_count)} @@\n`);
  }

  line(op: string, text: string): void {
    if (this.full) return;
    this.#length += text.length + 1;
    if (this.#length > MAX_DIFF) {
      this.full = true;
      this.#parts.push("\\ The rest of this diff is left out: it is longer than 1 MiB\n");
    } else this.#parts.push(text.endsWith("\n") ? op + text : `${op}${text}\n\\ No newline at end of file\n`);
  }

  toString(): string {
    return this.#parts.join("");
  }
}

/** Names with quotes, backslashes or control characters are quoted as git does. */
export function quoteName(prefix: string, name: string | null): string {
  if (name === null) return "/dev/null";
  const full = name.startsWith("/") ? name : prefix + name;
  return /["\\\x00-\x1f\x7f]/.test(full)
    ? JSON.stringify(full).replace(/\\u00([0-9a-f]{2})/g, (_, hex) => octal(hex))
    : full;
}

function octal(hex: string): string {
  return `\\${Number.parseInt(hex, 16).toString(8).padStart(3, "0")}`;
}

/** Edits whose context would touch share a hunk. */
function groups(edits: readonly Edit[]): Edit[][] {
  const found: Edit[][] = [];
  for (const edit of edits) {
    const last = found.at(-1)?.at(-1);
    if (last && edit.start - (last.start + last.removed) <= CONTEXT * 2) found.at(-1)?.push(edit);
    else found.push([edit]);
  }
  return found;
}

/** The edits that turn one file into another, found by comparing lines. */
export async function editsBetween(before: ShownLines, after: ShownLines): Promise<Edit[]> {
  let head = 0;
  const most = Math.min(before.count, after.count);
  while (head < most && before.line(head) === after.line(head)) head++;
  let tail = 0;
  while (tail < most - head && before.line(before.count - 1 - tail) === after.line(after.count - 1 - tail)) tail++;
  const old_middle = slice(before, head, before.count - tail);
  const new_middle = slice(after, head, after.count - tail);
  if (old_middle.length === 0 && new_middle.length === 0) return [];
  const whole = [{ start: head, removed: old_middle.length, added: new_middle }];
  if (old_middle.length === 0 || new_middle.length === 0) return whole;
  const { diffArrays } = await import("diff");
  const parts = diffArrays(old_middle, new_middle, { maxEditLength: MAX_CHANGED_LINES });
  return parts ? editsFromParts(parts, head) : whole;
}

function editsFromParts(parts: readonly { added: boolean; removed: boolean; value: string[] }[], head: number): Edit[] {
  const edits: Edit[] = [];
  let at = head;
  let open: Edit | null = null;
  for (const part of parts) {
    if (!part.added && !part.removed) open = null;
    else {
      if (!open) {
        open = { start: at, removed: 0, added: [] };
        edits.push(open);
      }
      if (part.added) open.added.push(...part.value);
      else open.removed += part.value.length;
    }
    if (!part.added) at += part.value.length;
  }
  return edits;
}

function slice(lines: ShownLines, from: number, to: number): string[] {
  const found: string[] = [];
  for (let i = from; i < to; i++) found.push(lines.line(i));
  return found;
}
