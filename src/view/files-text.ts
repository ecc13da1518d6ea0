import type { RestoredFiles, TurnFiles } from "../protocol/index.ts";
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

/** What undo or redo did, and what it could not do. */
export function restoredLines({ kind, turns, changes, count, conflicts, gaps, failures }: RestoredFiles): string[] {
  const did = kind === "undo" ? "taken back" : "brought back";
  const paths = changes.map((change) => `  ${change.kind.padEnd(8)} ${change.path}`);
  const kept = conflicts.map(({ path, why }) => `  kept     ${path}: ${why}`);
  const lost = gaps.map(({ path, why }) => `  not kept ${path ?? "(a file that is not known)"}: ${why}`);
  const failed = failures.map(({ path, why }) => `  failed   ${path}: ${why}`);
  return [
    `${several(turns.length, "turn")} ${did}: ${several(count, "path")} put right`,
    ...[paths, kept, lost, failed].flatMap((lines) => shortened(lines)),
    ...(conflicts.length > 0 ? [`what was changed since is kept; /${kind} force overwrites it`] : []),
  ];
}

function shortened(lines: readonly string[]): string[] {
  return lines.length <= SHOWN ? [...lines] : [...lines.slice(0, SHOWN), `  … and ${lines.length - SHOWN} more`];
}
