import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { UndoConflict } from "../contract.ts";
import { fromPath } from "../format/byte-text.ts";
import { type InodeId, type InodeMeta, nameKey } from "../format/record.ts";
import { EpochRecords } from "../merge/journal.ts";
import { letGo } from "../merge/let-go.ts";
import { mergeSegments } from "../merge/merged.ts";
import { readRemade } from "../merge/segment.ts";
import { JournalRecorder } from "../record/recorder.ts";
import { measureStep, noteCapture, segmentsOf } from "../store/steps.ts";
import {
  captureRef,
  objectsOf,
  type StepWork,
  type StoredCapture,
  type StoredStep,
  type ThreadFile,
  writeThreadFile,
} from "../store/thread-file.ts";
import { executeWork } from "./execute.ts";
import { readHolds } from "./hold.ts";
import { planWork } from "./plan.ts";
import type { Begun, UndoWork } from "./work.ts";

/** Of which thread, and who works on it when. */
export interface UndoContext {
  file: ThreadFile;
  moatHome: string;
  now(): Date;
  /** null: not known. */
  uid: number | null;
}

/** Copies for the redo of what is written in place; the rest is linked and costs nothing. The same as of a turn. */
const LIMITS = { fileCap: 64 * 1024 * 1024, totalCap: 1024 ** 3 };

const NOTHING_BEGUN: Begun = {
  touched: new Set(),
  found: new Map(),
  inodes: new Map(),
  written: new Set(),
  made: new Map(),
  held: new Map(),
};

/** What leads back to before a step. `begun`: an undo that was killed, or nothing. */
export function workBefore(
  context: UndoContext,
  before: number,
  force: StepWork["force"],
  begun: StoredStep | null,
): UndoWork {
  const { file, moatHome, uid } = context;
  const steps = file.steps.filter(({ seq }) => seq >= before);
  const objects = objectsOf(moatHome, file.thread_id);
  const merged = mergeSegments(
    steps.map((step) => segmentsOf(file, step)),
    { spare: force ? null : { objects } },
  );
  letGo(merged.records);
  return planWork({
    merged,
    objects,
    force: typeof force === "boolean" ? force : new Set(force),
    uid,
    begun: begun ? readBegun(context, begun, merged.canonical) : NOTHING_BEGUN,
  });
}

function readBegun({ file }: UndoContext, step: StoredStep, canonical: (id: string) => string): Begun {
  const [capture] = step.captures;
  if (!capture) return NOTHING_BEGUN;
  const ref = captureRef(file, capture);
  const touched = new Set<string>();
  const found = new Map<string, InodeId>();
  const inodes = new Map<InodeId, InodeMeta>();
  const written = new Set<InodeId>();
  using records = new EpochRecords(ref);
  for (let record = records.next(); record; record = records.next()) {
    if (record.type === "name") {
      const key = nameKey(canonical(record.parent), record.name);
      // The first touch counts: later ones are of an undo that went on, and was killed, too.
      if (!found.has(key)) found.set(key, canonical(record.child));
      touched.add(key);
    }
    if (record.type === "meta") {
      const id = canonical(record.id);
      if (!inodes.has(id)) inodes.set(id, record.meta);
      touched.add(id);
    }
    if (record.type === "content" && record.content.kind !== "link") written.add(canonical(record.id));
  }
  for (const old of readRemade(ref.directory).values()) touched.add(canonical(old));
  const made = readRemade(ref.directory, "file");
  return { touched, found, inodes, written, made, held: readHolds(ref.directory, canonical) };
}

/** A plan on its way to where it is done. It is as large as what the turns touched: whoever does it lets it go before what comes after. */
export class Handed {
  #work: UndoWork | null;

  constructor(work: UndoWork) {
    this.#work = work;
  }

  get work(): UndoWork {
    if (!this.#work) throw new Error("this plan was done already");
    return this.#work;
  }

  take(): UndoWork {
    const work = this.work;
    this.#work = null;
    return work;
  }
}

/** Begins an undo or redo and does it. `planned`: what `workBefore` found just now. */
export function doWork(
  context: UndoContext,
  kind: "undo" | "redo",
  work: Omit<StepWork, "hold">,
  planned: Handed,
): WorkDone {
  const { file, moatHome, now } = context;
  const seq = (file.steps.at(-1)?.seq ?? 0) + 1;
  const capture: StoredCapture = { directory: `${seq}/1`, epoch: 1, call_id: `${kind}-${seq}`, by: "command" };
  const hold = `.moat-undo-${seq}-${now().getTime().toString(36)}`;
  const step: StoredStep = {
    seq,
    kind,
    state: "running",
    started: now().toISOString(),
    captures: [capture],
    bytes: 0,
    changed: true,
    work: { ...work, hold },
  };
  mkdirSync(join(file.store, capture.directory), { recursive: true, mode: 0o700 });
  file.steps.push(step);
  writeThreadFile(moatHome, file);
  return goOn(context, step, planned, new Map());
}

/** What was done of a plan, and what went wrong. */
export interface WorkDone extends Pick<UndoWork, "changes" | "conflicts" | "gaps"> {
  failures: UndoConflict[];
}

/** Goes on with an undo or redo whose process was killed. */
export function finishWork(context: UndoContext, step: StoredStep): WorkDone | null {
  if (!step.work) return null;
  const { held } = readBegun(context, step, (id) => id);
  return goOn(context, step, new Handed(workBefore(context, step.work.before, step.work.force, step)), held);
}

function goOn(context: UndoContext, step: StoredStep, planned: Handed, held: Begun["held"]): WorkDone {
  const { file, moatHome, now } = context;
  const [capture] = step.captures;
  if (!capture || !step.work) throw new Error("the record of this undo is damaged");
  const { others, ...done } = carryOut(context, step.work, capture, planned, held);
  letGo(done.changes.length);
  capture.ended = true;
  noteCapture(file, capture, now(), others);
  if (done.conflicts.length > 0) step.work.kept = done.conflicts.map(({ path }) => path);
  settleStates(file, step, step.work);
  // Kept links were moved back to where they belong.
  for (const other of file.steps) if (other.seq >= step.work.before) measureStep(file, moatHome, other);
  writeThreadFile(moatHome, file);
  return done;
}

function carryOut(
  { file, now, uid }: UndoContext,
  { hold }: StepWork,
  { directory }: StoredCapture,
  planned: Handed,
  held: Begun["held"],
): WorkDone & Pick<UndoWork, "others"> {
  const work = planned.take();
  const capture = join(file.store, directory);
  const recorder = new JournalRecorder(capture, LIMITS, now);
  const failures = executeWork(work, { recorder, capture, hold: fromPath(hold), uid, held });
  recorder.end();
  const { changes, conflicts, gaps, others } = work;
  return { changes, conflicts, gaps, others, failures };
}

function settleStates(file: ThreadFile, step: StoredStep, { turns, of, before }: StepWork): void {
  step.state = "done";
  for (const other of file.steps) {
    if (turns.includes(other.seq)) other.state = step.kind === "undo" ? "undone" : "done";
    if (of !== undefined && other.kind === "undo" && other.seq >= before && other.seq <= of) other.state = "undone";
  }
}
