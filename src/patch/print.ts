import type { FilePatch, Patch, PatchHunk } from "./parse/syntax.ts";

/**
 * Writes a patch in the `*** Begin Patch` notation, so that reading it gives the same patch again. What only unified diffs
 * can say (the content of a deleted file, executable bits) is not written.
 */
export function printPatch(patch: Patch): string {
  const out = ["*** Begin Patch"];
  if (patch.environment !== null) out.push(`*** Environment ID: ${patch.environment}`);
  for (const file of patch.files) printFile(file, out);
  out.push("*** End Patch", "");
  return out.join("\n");
}

function printFile(file: FilePatch, out: string[]): void {
  switch (file.kind) {
    case "add":
      out.push(`*** Add File: ${file.path}`);
      for (const line of file.lines) out.push(`+${line}`);
      if (!file.final_newline) out.push(NO_NEWLINE);
      return;
    case "delete":
      out.push(`*** Delete File: ${file.path}`);
      return;
    case "update":
      out.push(`*** Update File: ${file.path}`);
      if (file.move_path !== null) out.push(`*** Move to: ${file.move_path}`);
      for (const hunk of file.hunks) printHunk(hunk, out);
  }
}

/** What a patch puts into a file and takes out of it, as it says so itself; empty where it only names the file. */
export function printChange(file: FilePatch): string {
  const out: string[] = [];
  if (file.kind === "add") {
    out.push(`@@ -0,0 +1,${file.lines.length} @@`, ...file.lines.map((line) => `+${line}`));
    if (!file.final_newline) out.push(NO_NEWLINE);
  } else if (file.kind === "update") for (const hunk of file.hunks) printHunk(hunk, out);
  return out.map((line) => `${line}\n`).join("");
}

function printHunk(hunk: PatchHunk, out: string[]): void {
  if (hunk.hint !== null) out.push(rangeHeader(hunk, hunk.hint));
  for (const anchor of hunk.context) out.push(`@@ ${anchor}`);
  if (hunk.hint === null && hunk.context.length === 0) out.push("@@");
  for (const line of hunk.lines) {
    out.push(line.op + line.text);
    if (line.no_newline) out.push(NO_NEWLINE);
  }
  if (hunk.end_of_file) out.push("*** End of File");
}

function rangeHeader(hunk: PatchHunk, hint: number): string {
  const before = hunk.lines.filter((line) => line.op !== "+").length;
  const after = hunk.lines.filter((line) => line.op !== "-").length;
  return `@@ -${hint},${before} +${hint},${after} @@`;
}

const NO_NEWLINE = "\\ No newline at end of file";
