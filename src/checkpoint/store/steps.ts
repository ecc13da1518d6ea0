import { join } from "node:path";
import type { CheckpointGap, TurnChanges, TurnSummary } from "../contract.ts";
import { type ByteText, toPath } from "../format/byte-text.ts";
import { byteSums, pathChanges } from "../merge/changes.ts";
import { letGo } from "../merge/let-go.ts";
import { mergeSegments } from "../merge/merged.ts";
import { takeNote } from "../merge/note.ts";
import { writeNote } from "../merge/note-file.ts";
import { readSegment, type Segment } from "../merge/segment.ts";
import { gapWords } from "../undo/sources.ts";
import { KeptChanges } from "./kept-changes.ts";
import { captureBytes, objectBytes } from "./pack.ts";
import { captureRef, objectsOf, type StoredCapture, type StoredStep, type ThreadFile } from "./thread-file.ts";

/** ns in a ms. */
const NS = 1_000_000n;

/** What the captures of a step recorded. */
export const segmentsOf = (file: ThreadFile, step: StoredStep): Segment[] =>
  step.captures.map((capture) => ({
    ...readSegment(captureRef(file, capture)),
    checked: step.work !== undefined && !step.work.force,
  }));

/** Notes how everything is that a capture touched in its epoch. `others`: of an undo, the paths that are somebody's by now. */
export function noteCapture(
  file: ThreadFile,
  capture: StoredCapture,
  now: Date,
  others: ReadonlySet<ByteText> | null = null,
): void {
  const ref = captureRef(file, capture);
  const note = takeNote(readSegment(ref), BigInt(now.getTime()) * NS, others);
  if (!note) return;
  writeNote(ref.directory, ref.epoch, note);
  letGo(note.children.length);
}

/** What a turn changed, from its captures. `lost`: gaps that no journal has. */
function summarize(file: ThreadFile, step: StoredStep, lost: readonly CheckpointGap[]): TurnChanges {
  const segments = segmentsOf(file, step);
  const merged = mergeSegments([segments], { touchers: true });
  const changes = pathChanges(merged);
  const gaps: CheckpointGap[] = merged.gaps.map(({ reason, path }) => ({
    reason,
    path: path === "" ? null : toPath(path),
    why: gapWords(reason),
  }));
  for (const cut of merged.cut) {
    if (!step.captures.some(({ call_id, ended }) => call_id === cut.call_id && ended)) continue;
    const why = `the record of call ${cut.call_id} ends early: it may have changed more`;
    gaps.push({ reason: "not_recorded", path: null, why });
  }
  return { changes, gaps: [...gaps, ...lost], ...byteSums(changes) };
}

/** Gaps of a turn that no journal has, or that its journals do not know themselves: nobody can tell which path they are of. */
export const unseenGaps = ({ gaps }: Pick<TurnSummary, "gaps">): CheckpointGap[] =>
  gaps.filter(({ reason, path }) => reason === "not_recorded" || (reason === "io_error" && path === null));

/** A turn for people; null for an undo or redo. What it changed is read when somebody asks: it is a line for each path. */
export function summaryOf(file: ThreadFile, step: StoredStep): TurnSummary | null {
  if (!step.turn) return null;
  const kept = new KeptChanges(join(file.store, `${step.seq}`));
  const { gaps, deleted_bytes, created_bytes } = kept.sums();
  const { state, started, bytes } = step;
  return {
    ...step.turn,
    started,
    root: file.root,
    state,
    get changes() {
      return kept.changes();
    },
    gaps,
    bytes,
    deleted_bytes,
    created_bytes,
  };
}

/** Closes a turn: changes, gaps, size. `gaps`: those that no journal has; null: as when it was closed before. */
export function closeTurn(
  file: ThreadFile,
  moatHome: string,
  step: StoredStep,
  gaps: readonly CheckpointGap[] | null,
): TurnChanges {
  const kept = new KeptChanges(join(file.store, `${step.seq}`));
  const lost = gaps ?? kept.sums().lost;
  const changes = summarize(file, step, lost);
  step.state = step.state === "running" ? "done" : step.state;
  step.changed = changes.changes.length > 0 || changes.gaps.length > 0;
  measureStep(file, moatHome, step);
  if (step.changed) kept.write({ ...changes, lost });
  return changes;
}

/** Takes the bytes of a step on disk; an object that two steps have counts for both. */
export function measureStep(file: ThreadFile, moatHome: string, step: StoredStep): void {
  const objects = objectsOf(moatHome, file.thread_id);
  const directories = [...new Set(step.captures.map((capture) => captureRef(file, capture).directory))];
  const shared = new Map(directories.flatMap((directory) => [...objectBytes(directory, objects)]));
  const own = directories.reduce((sum, directory) => sum + captureBytes(directory), 0);
  step.bytes = shared.values().reduce((sum, bytes) => sum + bytes, own);
}
