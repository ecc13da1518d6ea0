import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ChangeMaker } from "../contract.ts";
import type { CaptureRef } from "../merge/segment.ts";

/** What is kept of a thread, in MOAT_HOME/undo/THREAD/thread.json. */
export interface ThreadFile {
  version: 1;
  thread_id: string;
  /** The workspace. */
  root: string;
  /** Absolute directory of the captures: here, or on the file system of the workspace. */
  store: string;
  /** Oldest first; counts up without gaps from 1, as `seq`. */
  steps: StoredStep[];
}

/** A turn, an undo or a redo. */
export interface StoredStep {
  seq: number;
  kind: "turn" | "undo" | "redo";
  /** `running`: not closed yet, or its process was killed. An undo is `undone` by the redo of it. */
  state: "running" | "done" | "undone" | "pruned";
  started: string;
  captures: StoredCapture[];
  /** On disk, when it was closed or packed. */
  bytes: number;
  /** It changed something, or could not keep something. */
  changed: boolean;
  /** Of a turn. */
  turn?: { turn_id: string; number: number };
  /** Of an undo or a redo. */
  work?: StepWork;
}

/** What an undo or redo does: enough to go on with it. */
export interface StepWork {
  /** Back to before this step. */
  before: number;
  /** The turns that it takes back or brings back. */
  turns: number[];
  /** Of a redo: the undo that it takes back. */
  of?: number;
  /** Overwrites what somebody changed: all of it, or at these absolute paths alone. */
  force: boolean | string[];
  /** It overwrites what an undo (or redo) kept: the first of them. */
  rest?: number;
  /** Absolute paths that somebody changed, and that it kept. */
  kept?: string[];
  /** Name of its directories for what is put aside. */
  hold: string;
}

export interface StoredCapture {
  /** Below the store. */
  directory: string;
  epoch: number;
  call_id: string;
  by: ChangeMaker;
  /** Another call ran beside it: what it left unchanged may have been changed by that one meanwhile. */
  beside?: boolean;
  /** Its call has ended. */
  ended?: boolean;
}

const FOLDER = "undo";
const NAME = "thread.json";

/** Where a thread's index lies, and what does not need the workspace's file system. */
export function threadFolder(moatHome: string, threadId: string): string {
  return join(moatHome, FOLDER, threadId);
}

/** The file itself. */
export const threadFileOf = (moatHome: string, threadId: string): string =>
  join(threadFolder(moatHome, threadId), NAME);

/** Compressed content of a thread. */
export const objectsOf = (moatHome: string, threadId: string): string =>
  join(threadFolder(moatHome, threadId), "objects");

/** null: nothing is kept of this thread, or what is there cannot be read. */
export function readThreadFile(moatHome: string, threadId: string): ThreadFile | null {
  const path = threadFileOf(moatHome, threadId);
  if (!existsSync(path)) return null;
  try {
    const file = JSON.parse(readFileSync(path, "utf8")) as ThreadFile;
    return file.version === 1 ? file : null;
  } catch {
    return null;
  }
}

export function writeThreadFile(moatHome: string, file: ThreadFile): void {
  const path = threadFileOf(moatHome, file.thread_id);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, JSON.stringify(file), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Threads of which something is kept. */
export function keptThreads(moatHome: string): string[] {
  try {
    return readdirSync(join(moatHome, FOLDER));
  } catch {
    return [];
  }
}

export function captureRef(file: ThreadFile, { directory, epoch, call_id, by }: StoredCapture): CaptureRef {
  return { directory: join(file.store, directory), epoch, call_id, by };
}
