import { resolve } from "node:path";
import type { FileUpdateChange } from "../protocol/index.ts";
import type { FilePatch, Patch } from "./parse/syntax.ts";
import { printChange } from "./print.ts";
import { leadsTo } from "./scope.ts";

/** Every path that a patch names, absolute, in its order, each once: what an approval is asked for. Reads no file. */
export function patchTargets(patch: Patch, cwd: string): string[] {
  const paths = patch.files.flatMap((file) =>
    file.kind === "update" && file.move_path !== null ? [file.path, file.move_path] : [file.path],
  );
  return [...new Set(paths.map((path) => resolve(cwd, path)))];
}

/**
 * What a person agrees to: the changes that a patch asks for, at the places that links lead to by now, with its own lines for a
 * diff. Where in a file they go is known only once the file is read. Reads no file, but links.
 */
export function askedChanges(patch: Patch, cwd: string): FileUpdateChange[] {
  return patchChanges(patch, cwd).map((shown, index) => {
    const file = patch.files[index];
    const change = file ? { ...shown, ...placesOf(file, cwd) } : shown;
    const diff = file ? printChange(file) : "";
    return diff === "" ? change : { ...change, diff };
  });
}

/** What is removed or moved away is the link itself; what is written is the file that it leads to. */
function placesOf(file: FilePatch, cwd: string): Pick<FileUpdateChange, "path" | "move_path"> {
  const move = file.kind === "update" ? file.move_path : null;
  const goes = file.kind === "delete" || move !== null;
  return {
    path: placeOf(file.path, cwd, goes),
    ...(move === null ? {} : { move_path: placeOf(move, cwd, false) }),
  };
}

/** As it is written where it leads nowhere: planning the patch says why. */
function placeOf(shown: string, cwd: string, goes: boolean): string {
  const target = leadsTo(shown, cwd);
  if ("reason" in target) return resolve(cwd, shown);
  return goes ? (target.link ?? target.path) : target.path;
}

/** The changes that a patch asks for, without diffs: for a patch that was refused or did not fit. Reads no file. */
export function patchChanges(patch: Patch, cwd: string): FileUpdateChange[] {
  return patch.files.map((file) => ({
    path: resolve(cwd, file.path),
    kind: file.kind,
    ...(file.kind === "update" && file.move_path !== null ? { move_path: resolve(cwd, file.move_path) } : {}),
  }));
}
