import { MAX_LISTED, type RestoredFiles, type TurnFiles } from "../protocol/index.ts";
import { visibleLine } from "../term/index.ts";
import { several, size } from "./quantity.ts";

/** What a turn changed on the disk, in one line: `2 created, 1 changed, 14 deleted (12 kB gone); 1 cannot be taken back`. */
export function turnFilesText({ changes, count, created_bytes, deleted_bytes, gaps }: TurnFiles): string {
  const of = (kind: TurnFiles["changes"][number]["kind"], word: string) => {
    const number = changes.filter((change) => change.kind === kind).length;
    return number > 0 ? [`${number} ${word}`] : [];
  };
  const listed = [
    ...of("create", "created"),
    ...of("update", "changed"),
    ...of("rename", "renamed"),
    ...of("delete", "deleted"),
  ];
  const kinds = count > changes.length ? several(count, "path") : listed.join(", ");
  const gone = deleted_bytes > created_bytes ? ` (${size(deleted_bytes - created_bytes)} gone)` : "";
  const open = gaps.length > 0 ? [`${gaps.length} cannot be taken back`] : [];
  return [...(count > 0 ? [`${kinds}${gone}`] : []), ...open].join("; ");
}

/** A turn that took more than it made: undo is offered. */
export function deletedMore({ deleted_bytes, created_bytes, changes }: TurnFiles): boolean {
  return deleted_bytes > created_bytes && changes.some(({ kind }) => kind === "delete" || kind === "update");
}

/** Paths that are listed below what undo did. */
const SHOWN = 10;

/** A path as it is read in a directory: without the directory, where it lies in there. */
export function pathIn(directory: string, path: string): string {
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path;
}

/** What undo or redo did, and what it could not do: a name with a line end in it makes no line of its own. @param directory paths are shown from there */
export function restoredLines(
  { kind, turns, changes, count, conflicts, gaps, failures }: RestoredFiles,
  directory = "",
): string[] {
  const near = (path: string) => visibleLine(pathIn(directory, path));
  const did = kind === "undo" ? "taken back" : "brought back";
  const left = [...counted([conflicts], "kept"), ...counted([gaps, failures], "could not be")];
  const paths = changes.map((change) => `  ${change.kind.padEnd(8)} ${near(change.path)}`);
  const kept = conflicts.map(({ path, why }) => `  kept     ${near(path)}: ${why}`);
  const lost = gaps.map(
    ({ path, why }) => `  not kept ${path === null ? "(a file that is not known)" : near(path)}: ${why}`,
  );
  const failed = failures.map(({ path, why }) => `  failed   ${near(path)}: ${why}`);
  return [
    `${several(turns.length, "turn")} ${did}: ${[`${several(count, "path")} put right`, ...left].join(", ")}`,
    ...shortened(paths, count),
    ...[kept, lost, failed].flatMap((lines) => shortened(lines)),
    ...(conflicts.length > 0
      ? [`what was changed since is kept; /${kind} force, or moat ${kind} --force, overwrites it`]
      : []),
  ];
}

/** The lists of the record are cut: of one that is full, nobody knows how much longer it was. */
const isCut = (list: readonly unknown[]) => list.length >= MAX_LISTED;

function counted(lists: readonly (readonly unknown[])[], what: string): string[] {
  const number = lists.reduce((sum, { length }) => sum + length, 0);
  return number === 0 ? [] : [`${number}${lists.some(isCut) ? " or more" : ""} ${what}`];
}

/** @param count how many there are; absent: as many as lines, or more */
function shortened(lines: readonly string[], count?: number): string[] {
  if (lines.length <= SHOWN) return [...lines];
  const more = (count ?? lines.length) - SHOWN;
  return [...lines.slice(0, SHOWN), `  … and ${more}${count === undefined && isCut(lines) ? " or" : ""} more`];
}
