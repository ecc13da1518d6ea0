import { resolve } from "node:path";
import type { FileUpdateChange } from "../protocol/index.ts";
import type { Patch } from "./parse/syntax.ts";
import { printChange } from "./print.ts";

/** Every path that a patch names, absolute, in its order, each once: what an approval is asked for. Reads no file. */
export function patchTargets(patch: Patch, cwd: string): string[] {
  const paths = patch.files.flatMap((file) =>
    file.kind === "update" && file.move_path !== null ? [file.path, file.move_path] : [file.path],
  );
  return [...new Set(paths.map((path) => resolve(cwd, path)))];
}

/**
 * What a person agrees to: the changes that a patch asks for, with its own lines for a diff. Where in a file they go is known
 * only once the file is read. Reads no file.
 */
export function askedChanges(patch: Patch, cwd: string): FileUpdateChange[] {
  return patchChanges(patch, cwd).map((change, index) => {
    const file = patch.files[index];
    const diff = file ? printChange(file) : "";
    return diff === "" ? change : { ...change, diff };
  });
}

/** The changes that a patch asks for, without diffs: for a patch that was refused or did not fit. Reads no file. */
export function patchChanges(patch: Patch, cwd: string): FileUpdateChange[] {
  return patch.files.map((file) => ({
    path: resolve(cwd, file.path),
    kind: file.kind,
    ...(file.kind === "update" && file.move_path !== null ? { move_path: resolve(cwd, file.move_path) } : {}),
  }));
}
