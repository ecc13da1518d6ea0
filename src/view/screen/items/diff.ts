import { diffBody } from "../../item-lines.ts";

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
  hunks: Hunk[];
  added: number;
  removed: number;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$/;

/** Reads the unified diff of one file. Lines that are none of a diff are notes: nothing is left out. */
export function readDiff(diff: string, name = ""): FileDiff {
  const file: FileDiff = { name, hunks: [], added: 0, removed: 0 };
  let [old, now] = [1, 1];
  for (const line of diffBody(diff)) {
    const head = HUNK.exec(line);
    if (head) {
      [old, now] = [Number(head[1]), Number(head[2])];
      file.hunks.push({ where: head[3] ?? "", lines: [] });
      continue;
    }
    const read = readLine(line, old, now);
    if (read.kind === "added") file.added++;
    if (read.kind === "removed") file.removed++;
    if (read.kind === "added" || read.kind === "same") now++;
    if (read.kind === "removed" || read.kind === "same") old++;
    if (file.hunks.length === 0) file.hunks.push({ where: "", lines: [] });
    file.hunks.at(-1)?.lines.push(read);
  }
  return file;
}

function readLine(line: string, old: number, now: number): DiffLine {
  const text = line.slice(1);
  if (line.startsWith("+")) return { kind: "added", text, number: now };
  if (line.startsWith("-")) return { kind: "removed", text, number: old };
  if (line.startsWith(" ") || line === "") return { kind: "same", text, number: now };
  return { kind: "note", text: line, number: null };
}

/** The files of a diff, as git writes it. */
export function readDiffs(unified: string): FileDiff[] {
  const lines = unified.replace(/\n$/, "").split("\n");
  const starts = lines.flatMap((line, at) => (startsFile(line, lines[at + 1], lines[at - 1]) ? [at] : []));
  if (starts[0] !== 0) starts.unshift(0);
  return starts
    .map((from, index) => lines.slice(from, starts[index + 1]))
    .filter((part) => part.some((line) => line.trim() !== ""))
    .map((part) => readDiff(part.join("\n"), nameOf(part)));
}

/** `diff --git`, or `---` before `+++` where no such line has begun the file. */
function startsFile(line: string, next: string | undefined, before: string | undefined): boolean {
  if (line.startsWith("diff --git ")) return true;
  return (
    line.startsWith("--- ") &&
    next?.startsWith("+++ ") === true &&
    !/^(index|diff|new|deleted|similarity|rename|old) /.test(before ?? "")
  );
}

function nameOf(lines: readonly string[]): string {
  const head = lines.slice(0, lines.findIndex((line) => line.startsWith("@@")) + 1 || undefined);
  const named = (mark: string) =>
    head
      .find((line) => line.startsWith(mark))
      ?.slice(mark.length)
      .split("\t")[0] ?? "";
  const [now, old] = [named("+++ "), named("--- ")];
  const name = now !== "" && now !== "/dev/null" ? now : old;
  return (name || (/ b\/(.*)$/.exec(head[0] ?? "")?.[1] ?? "")).replace(/^[ab]\//, "");
}
