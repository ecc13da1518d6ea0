import { closeSync, constants, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { isWithin } from "../../base/index.ts";
import type {
  CapturePlan,
  ChangeMaker,
  CheckpointGap,
  CheckpointOptions,
  Checkpoints,
  TurnChanges,
  UndoOutcome,
} from "../contract.ts";
import { lookInto } from "../merge/segment.ts";
import { JournalRecorder } from "../record/recorder.ts";
import { touchPath } from "../record/touch.ts";
import { KeptFile } from "../store/kept-file.ts";
import { packThread } from "../store/pack-thread.ts";
import { chooseStore } from "../store/place.ts";
import { closeTurn, noteCapture } from "../store/steps.ts";
import {
  captureRef,
  type StoredCapture,
  type StoredStep,
  type ThreadFile,
  threadFolder,
} from "../store/thread-file.ts";
import { clearCapture, SpareCapture } from "./spare.ts";

/** Bytes of one file, and of one capture, that are copied: a file that is removed is linked and costs nothing. */
const FILE_CAP = 64 * 1024 * 1024;
const TOTAL_CAP = 1024 ** 3;
/** Bytes of the number of a capture's epoch. */
const EPOCH_BYTES = 8;

/** A capture whose call has not ended. */
interface OpenCapture {
  stored: StoredCapture;
  recorder: JournalRecorder | null;
}

const NOTHING: TurnChanges = { changes: [], gaps: [], deleted_bytes: 0, created_bytes: 0 };

export class LiveCheckpoints implements Checkpoints {
  readonly enabled: boolean;
  readonly finished: readonly UndoOutcome[];
  readonly #options: CheckpointOptions;
  readonly #uid: number | null;
  readonly #kept: KeptFile;
  /** The turn that runs. */
  #turn: { turn_id: string; started: string } | null = null;
  readonly #open = new Map<string, OpenCapture[]>();
  #lost: CheckpointGap[] = [];
  /** Captures of this process: names of their directories. */
  #count = 0;
  #packing: Promise<void> = Promise.resolve();
  readonly #spare = new SpareCapture();

  constructor(options: CheckpointOptions, uid: number | null, finished: readonly UndoOutcome[]) {
    this.finished = finished;
    this.#options = options;
    this.enabled = options.enabled;
    this.#kept = new KeptFile(options.moatHome, options.threadId);
    this.#uid = uid;
  }

  begin(turn_id: string): void {
    if (!this.enabled) return;
    this.#dropSpare();
    this.#lost = [];
    this.#turn = { turn_id, started: this.#options.now().toISOString() };
    for (const captures of this.#open.values()) for (const capture of captures) this.#nextEpoch(capture);
  }

  /** What a command that still runs changes from now on belongs to the new turn. */
  #nextEpoch(capture: OpenCapture): void {
    this.#guarded("a command that still runs", () => {
      const { file, step } = this.#current();
      // What it changed since the end of the last turn belongs to that.
      noteCapture(file, capture.stored, this.#options.now());
      capture.stored = { ...capture.stored, epoch: capture.stored.epoch + 1, beside: true };
      writeEpoch(captureRef(file, capture.stored).directory, capture.stored.epoch);
      step.captures.push(capture.stored);
      this.#kept.write(file);
    });
  }

  capture(call_id: string, by: "command" | "mcp"): CapturePlan | null {
    if (!this.enabled || !this.#turn) return null;
    return this.#guarded(call_id, () => {
      const directory = this.#make(call_id, by);
      return { directory, ...this.#watched(), ...this.#limits() };
    });
  }

  touch(call_id: string, paths: readonly string[]): void {
    if (!this.enabled || !this.#turn) return;
    this.#guarded(call_id, () => {
      const known = this.#open.get(call_id)?.find(({ recorder }) => recorder);
      if (!known) this.#make(call_id, "patch");
      const recorder = this.#open.get(call_id)?.find(({ recorder }) => recorder)?.recorder;
      const watched = this.#watched();
      for (const path of paths) if (recorder) this.#guarded(path, () => touchPath(recorder, watched, path, "copy"));
    });
  }

  async sealed(call_id: string): Promise<void> {
    const captures = this.#open.get(call_id) ?? [];
    this.#open.delete(call_id);
    if (captures.length > 0) this.#guarded(call_id, () => this.#seal(captures));
  }

  #seal(captures: readonly OpenCapture[]): void {
    const { file, step } = this.#current();
    const stored = captures.map((capture) => capture.stored).filter((each) => !this.#spare.offer(file, step, each));
    if (stored.length === 0) return;
    for (const { recorder } of captures) recorder?.end();
    for (const each of stored) noteCapture(file, each, this.#options.now());
    const directories = new Set(stored.map(({ directory }) => directory));
    const late = file.steps.filter(({ captures }) => captures.some(({ directory }) => directories.has(directory)));
    for (const step of late) {
      const own = step.captures.filter(({ directory }) => directories.has(directory));
      for (const each of own) {
        each.ended = true;
        each.call_id = stored.find(({ directory }) => directory === each.directory)?.call_id ?? each.call_id;
      }
      dropEmpty(file, step, own);
      if (step.state !== "running") closeTurn(file, this.#options.moatHome, step, null);
    }
    this.#kept.write(file);
    void this.#pack(directories);
  }

  async close(): Promise<TurnChanges> {
    if (!this.#turn) return NOTHING;
    const changes = this.#guarded("the turn", () => {
      if (!this.#stepOf(this.#kept.read()) && this.#lost.length === 0) return NOTHING;
      this.#dropSpare();
      const { file, step } = this.#current();
      for (const { stored } of [...this.#open.values()].flat()) noteCapture(file, stored, this.#options.now());
      const closed = closeTurn(file, this.#options.moatHome, step, this.#lost);
      this.#kept.write(file);
      return closed;
    });
    return changes ?? { ...NOTHING, gaps: this.#lost };
  }

  missed(call_id: string, why: string): void {
    if (this.enabled) this.#lost.push({ reason: "not_recorded", path: null, why: `call ${call_id}: ${why}` });
  }

  async settle(): Promise<void> {
    await this.#pack(null);
  }

  /** One after the other, after the call: nobody waits for it but `settle`. What fails is left to the next time. @param only null: all */
  #pack(only: ReadonlySet<string> | null): Promise<void> {
    const { moatHome, threadId } = this.#options;
    if (this.enabled) this.#packing = this.#packing.then(() => packThread(moatHome, threadId, only)).catch(() => {});
    return this.#packing;
  }

  /** A call that touched nothing leaves nothing, once its turn is over. */
  #dropSpare(): void {
    const file = this.#kept.read();
    if (file && this.#spare.drop(file)) this.#kept.write(file);
  }

  #watched(): { roots: string[]; skip: string[] } {
    const { root, writable = [], moatHome } = this.#options;
    const store = this.#kept.read()?.store ?? threadFolder(moatHome, this.#options.threadId);
    const own = [isWithin(root, moatHome) ? join(moatHome, "undo") : moatHome, store];
    return { roots: [root, ...writable], skip: own };
  }

  #limits() {
    return { fileCap: this.#options.fileCap ?? FILE_CAP, totalCap: this.#options.totalCap ?? TOTAL_CAP };
  }

  /** A new capture of a call, with its directory. */
  #make(call_id: string, by: ChangeMaker): string {
    const { file, step } = this.#current();
    const taken = by === "patch" ? null : this.#spare.take(step);
    const busy = this.#open.size > 0;
    const stored: StoredCapture = {
      directory: taken?.directory ?? `${step.seq}/${++this.#count}`,
      epoch: 1,
      call_id,
      by,
      ...(busy ? { beside: true } : {}),
    };
    for (const open of [...this.#open.values()].flat()) {
      open.stored.beside = true;
      for (const each of file.steps.flatMap(({ captures }) => captures))
        if (each.directory === open.stored.directory) each.beside = true;
    }
    const { directory } = captureRef(file, stored);
    if (taken === null) {
      mkdirSync(join(directory, "links"), { recursive: true, mode: 0o700 });
      if (by !== "patch") writeEpoch(directory, 1);
    }
    const recorder = by === "patch" ? new JournalRecorder(directory, this.#limits(), this.#options.now) : null;
    this.#open.set(call_id, [...(this.#open.get(call_id) ?? []), { stored, recorder }]);
    step.captures.push(stored);
    // The file names the directory already, for the command before: which of the two it was is written when something changed.
    if (taken === null || busy || taken.by !== by || taken.beside) this.#kept.write(file);
    if (taken !== null) clearCapture(directory);
    return directory;
  }

  /** The thread's file and the step of this turn in it; both are made when something is recorded for the first time. */
  #current(): { file: ThreadFile; step: StoredStep } {
    const { threadId, root, writable = [], moatHome } = this.#options;
    if (!this.#turn) throw new Error("no turn has begun");
    let file = this.#kept.read();
    if (!file) {
      const store = chooseStore({ moatHome, threadId, roots: [root, ...writable], uid: this.#uid });
      mkdirSync(store, { recursive: true, mode: 0o700 });
      file = { version: 1, thread_id: threadId, root, store, steps: [] };
    }
    const step = this.#stepOf(file) ?? newTurn(file, this.#turn);
    if (!file.steps.includes(step)) file.steps.push(step);
    return { file, step };
  }

  #stepOf(file: ThreadFile | null): StoredStep | undefined {
    return file?.steps.findLast(({ turn }) => turn?.turn_id === this.#turn?.turn_id);
  }

  /** What the disk refuses is a gap, not an end. */
  #guarded<Value>(what: string, act: () => Value): Value | null {
    try {
      return act();
    } catch (error) {
      this.#miss(what, error);
      return null;
    }
  }

  #miss(what: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#lost.push({ reason: "io_error", path: null, why: `nothing could be kept for ${what}: ${why}` });
  }
}

function newTurn({ steps }: ThreadFile, { turn_id, started }: { turn_id: string; started: string }): StoredStep {
  const number = (steps.findLast(({ turn }) => turn)?.turn?.number ?? 0) + 1;
  const seq = (steps.at(-1)?.seq ?? 0) + 1;
  return {
    seq,
    kind: "turn",
    state: "running",
    started,
    captures: [],
    bytes: 0,
    changed: false,
    turn: { turn_id, number },
  };
}

function writeEpoch(directory: string, epoch: number): void {
  const bytes = Buffer.alloc(EPOCH_BYTES);
  bytes.writeBigUInt64LE(BigInt(epoch));
  const { O_WRONLY, O_CREAT } = constants;
  const fd = openSync(join(directory, "epoch"), O_WRONLY | O_CREAT, 0o600);
  try {
    writeSync(fd, bytes, 0, EPOCH_BYTES, 0);
  } finally {
    closeSync(fd);
  }
}

/** A call that touched nothing leaves nothing. */
function dropEmpty(file: ThreadFile, step: StoredStep, ended: readonly StoredCapture[]): void {
  const empty = ended.filter((capture) => isEmpty(file, capture));
  step.captures = step.captures.filter((capture) => !empty.includes(capture));
  for (const { directory } of empty) {
    const used = file.steps.some(({ captures }) => captures.some((each) => each.directory === directory));
    if (!used) rmSync(join(file.store, directory), { recursive: true, force: true });
  }
}

function isEmpty(file: ThreadFile, capture: StoredCapture): boolean {
  const { touched, complete, anything } = lookInto(captureRef(file, capture));
  return !touched && (complete || !anything);
}
