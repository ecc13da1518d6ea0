import type { UndoOutcome } from "../../checkpoint/index.ts";
import { type HistoryItem, MAX_LISTED, type RestoredFiles } from "../../protocol/index.ts";
import { developerItem } from "../request/instructions.ts";

/** The record of what undo or redo did, with its lists cut. */
export function restoredFiles({ kind, turns, changes, conflicts, gaps, failures }: UndoOutcome): RestoredFiles {
  return {
    kind,
    turns: turns.map(({ turn_id }) => turn_id),
    changes: changes.slice(0, MAX_LISTED),
    count: changes.length,
    conflicts: conflicts.slice(0, MAX_LISTED),
    gaps: gaps.slice(0, MAX_LISTED),
    failures: failures.slice(0, MAX_LISTED),
  };
}

/** For people: an undo that had been interrupted was finished. */
export const finishedText = ({ kind, count }: RestoredFiles): string =>
  `the interrupted ${kind} was finished: ${count} ${count === 1 ? "path" : "paths"} put right`;

/** The same with what was left as it is, in one line. */
export function finishedWarning(restored: RestoredFiles): string {
  const left = [...restored.conflicts, ...restored.gaps, ...restored.failures];
  if (left.length === 0) return finishedText(restored);
  const named = left.slice(0, NAMED).map(({ path, why }) => `${path ?? "a path that is not known"} (${why})`);
  const more = left.length > NAMED ? `, and ${left.length - NAMED} more` : "";
  return `${finishedText(restored)}; left as they are: ${named.join(", ")}${more}`;
}

/** Paths that one line names. */
const NAMED = 5;

/** Paths that the model is told of; it can look at the rest itself. */
const TOLD = 20;

/** What the model is told. */
export function restoredNote({ kind, turns, changes, count, conflicts, gaps, failures }: RestoredFiles): HistoryItem {
  const what = turns.length === 1 ? "the last turn" : `the last ${turns.length} turns`;
  const did =
    kind === "undo"
      ? `The user took back what ${what} had changed on the disk`
      : `The user brought back what ${what} had changed on the disk, after it had been taken back`;
  const paths = changes.slice(0, TOLD).map(({ kind: how, path }) => `- ${how}: ${path}`);
  const more = count > paths.length ? [`- and ${count - paths.length} more`] : [];
  const kept = conflicts.slice(0, TOLD).map(({ path, why }) => `- ${path} (${why})`);
  const left = kept.length > 0 ? ["Kept as they are:", ...kept] : [];
  const open = [...gaps, ...failures]
    .slice(0, TOLD)
    .map(({ path, why }) => `- ${path ?? "a path that is not known"} (${why})`);
  const lost = open.length > 0 ? ["Could not be put right:", ...open] : [];
  return developerItem(
    [`${did}. Read a file again before you rely on it.`, ...paths, ...more, ...left, ...lost].join("\n"),
  );
}
