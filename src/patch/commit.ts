import * as fs from "node:fs";
import { dirname } from "node:path";
import type { PatchError, PatchPlan, PatchResult, PlannedWrite } from "./contract.ts";
import { errorCode, exists, isUnchanged, look, type PatchIo, realIo } from "./io.ts";
import { isAtomic, type JournalFile, type JournalStep, openJournal } from "./journal.ts";
import { finish, rollBack } from "./recover.ts";

/**
 * Makes a plan real: all of it, or nothing. Every file is checked against the plan first; a journal in `journalDir` (created
 * when missing) lets the next start undo what a crash left half done (`recoverPatches`). Synchronous once begun, so that
 * `signal` is honoured before the first write and not later.
 */
export async function commitPatch(
  plan: PatchPlan,
  journalDir: string,
  signal?: AbortSignal,
): Promise<PatchResult<null>> {
  signal?.throwIfAborted();
  return commitWith(realIo, plan, journalDir);
}

/** `commitPatch` with its own hand on the file system. */
export function commitWith(io: PatchIo, plan: PatchPlan, journalDir: string): PatchResult<null> {
  if (plan.writes.length === 0) return { ok: true, value: null };
  const stale = firstStale(plan.writes);
  if (stale) return { ok: false, error: stale };
  let file: JournalFile;
  try {
    file = openJournal(io, journalDir, plan.writes);
  } catch (error) {
    return failed(`Failed to write the journal in ${journalDir}: ${reason(error)}. Nothing was written.`, null);
  }
  const progress: Progress = { at: undefined };
  try {
    leave(io, write(io, plan.writes, file, progress));
    return { ok: true, value: null };
  } catch (error) {
    return undo(io, file, progress.at, error);
  }
}

/** Which file is being written, for the message of an error. */
interface Progress {
  at: PlannedWrite | undefined;
}

/** Writes everything. When it returns the patch is done, and what the returned journal names are leftovers. */
function write(io: PatchIo, writes: readonly PlannedWrite[], file: JournalFile, progress: Progress): JournalFile {
  const { journal, path } = file;
  for (const directory of journal.directories) io.mkdir(directory);
  for (const each of [stage, isAtomic(journal) ? swap : apply]) {
    for (const [i, write] of writes.entries()) {
      const step = journal.steps[i];
      progress.at = write;
      if (step) each(io, write, step);
    }
  }
  if (isAtomic(journal)) return file;
  for (const directory of new Set(writes.map((write) => dirname(write.path)))) io.syncDirectory(directory);
  const done = path.replace(/\.json$/, ".done");
  io.rename(path, done);
  return { path: done, journal };
}

/** Removes leftovers. What cannot be removed now goes at the next start: the patch is done all the same. */
function leave(io: PatchIo, file: JournalFile): void {
  try {
    finish(io, file);
  } catch {
    // `recoverPatches` reads the same journal again.
  }
}

function undo(io: PatchIo, file: JournalFile, at: PlannedWrite | undefined, error: unknown): PatchResult<null> {
  const what = `Failed to write ${at?.shown ?? "the patch"}: ${reason(error)}.`;
  try {
    const kept = rollBack(io, file).filter((outcome) => outcome.kind === "kept");
    const left = kept.map((outcome) => outcome.message).join(" ");
    return failed(`${what} ${left === "" ? "Every file is as it was before." : left}`, at?.shown ?? null);
  } catch (second) {
    return failed(
      `${what} Undoing it failed too (${reason(second)}); the next start of moat tries again.`,
      at?.shown ?? null,
    );
  }
}

function failed(message: string, path: string | null): { ok: false; error: PatchError } {
  return { ok: false, error: { message, path, patch_line: null } };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The first file that is no longer as it was when the patch was planned. */
function firstStale(writes: readonly PlannedWrite[]): PatchError | null {
  const removed = new Set(writes.filter((write) => write.op === "remove").map((write) => write.path));
  for (const write of writes) {
    const as_planned = write.op === "create" ? removed.has(write.path) || !exists(write.path) : isAsBefore(write);
    if (as_planned && parentIsResolved(write.path)) continue;
    return {
      message: `${write.shown} changed after the patch was planned. Nothing was written. Read it again and send a new patch.`,
      path: write.shown,
      patch_line: null,
    };
  }
  return null;
}

function isAsBefore(write: Extract<PlannedWrite, { op: "replace" | "remove" }>): boolean {
  try {
    return isUnchanged(look(write.path), write.before);
  } catch {
    return false;
  }
}

/** Whether no directory above a path became a symlink since it was resolved. */
function parentIsResolved(path: string): boolean {
  for (let at = dirname(path); ; at = dirname(at)) {
    try {
      return fs.realpathSync(at) === at;
    } catch (error) {
      if (errorCode(error) !== "ENOENT" || at === dirname(at) || exists(at)) return false;
    }
  }
}

/** Writes the new content beside its place, and for a write into the same inode the old content too. */
function stage(io: PatchIo, write: PlannedWrite, step: JournalStep): void {
  if (write.op === "remove" || step.op === "remove") return;
  if (step.op === "overwrite") {
    const options = { mode: 0o600, owner: null, durable: true };
    io.writeNew(step.staged, write.content, options);
    if (write.op === "replace") io.writeNew(step.backup, write.before.bytes ? [write.before.bytes] : [], options);
    return;
  }
  const owner = write.op === "replace" ? { uid: write.before.uid, gid: write.before.gid } : null;
  io.writeNew(step.staged, write.content, { mode: write.mode, owner, durable: true });
}

/** The whole of an atomic patch: the new file takes the place of the old one, or gets its name. */
function swap(io: PatchIo, _: PlannedWrite, step: JournalStep): void {
  if (step.op === "replace") io.rename(step.staged, step.path);
  else if (step.op === "create") giveName(io, step);
}

/** A link, not a rename: it fails where something stands by now. What was staged stays until the commit, to be told apart. */
function giveName(io: PatchIo, { staged, path }: Extract<JournalStep, { op: "create" }>): void {
  if (!tryLink(io, staged, path)) io.rename(staged, path);
}

function apply(io: PatchIo, write: PlannedWrite, step: JournalStep): void {
  switch (step.op) {
    case "remove":
      io.rename(step.path, step.backup);
      break;
    case "create":
      giveName(io, step);
      break;
    case "replace":
      if (!tryLink(io, step.path, step.backup)) io.rename(step.path, step.backup);
      io.rename(step.staged, step.path);
      break;
    case "overwrite":
      if (write.op === "replace") io.overwrite(step.path, write.content, write.mode);
  }
}

/** false: this file system has no hard links. */
function tryLink(io: PatchIo, from: string, to: string): boolean {
  try {
    io.link(from, to);
    return true;
  } catch (error) {
    if (["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(errorCode(error))) return false;
    throw error;
  }
}
