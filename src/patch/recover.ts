import * as fs from "node:fs";
import { dirname } from "node:path";
import { entryAt, errorCode, exists, look, type PatchIo, realIo } from "./io.ts";
import {
  hashContent,
  isAlive,
  isAtomic,
  type JournalFile,
  type JournalOwner,
  type JournalStep,
  readJournals,
} from "./journal.ts";

/** What became of one file of an interrupted patch. */
export interface RecoveredFile {
  path: string;
  /** `restored`: as it was before the patch. `kept`: somebody changed it since, so it was left, and `message` says what is where. */
  kind: "restored" | "kept";
  message: string;
}

/**
 * Undoes the patches that a crash interrupted, and removes what a finished one left behind. Journals of running processes
 * are not touched. Costs one look at the directory when there is nothing to do. Never throws what a file system says about
 * one journal: that one stays for the next start and is reported as `kept`.
 */
export async function recoverPatches(journalDir: string): Promise<RecoveredFile[]> {
  return recoverWith(realIo, journalDir, isAlive);
}

/** `recoverPatches` with its own hand on the file system and its own idea of which processes run. */
export function recoverWith(io: PatchIo, journalDir: string, alive: (owner: JournalOwner) => boolean): RecoveredFile[] {
  const outcomes: RecoveredFile[] = [];
  for (const file of readJournals(journalDir)) {
    if (alive(file.journal.owner)) continue;
    try {
      if (file.done) finish(io, file);
      else outcomes.push(...rollBack(io, file));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      outcomes.push({
        path: file.path,
        kind: "kept",
        message: `An interrupted patch could not be undone yet: ${reason}.`,
      });
    }
  }
  return outcomes;
}

/** Removes what a committed patch left: old contents and staging links, then the journal itself. */
export function finish(io: PatchIo, file: JournalFile): void {
  for (const step of file.journal.steps) {
    if (step.op !== "remove") removeIfThere(io, step.staged);
    if (step.op !== "create") removeIfThere(io, step.backup);
  }
  removeIfThere(io, file.path);
}

/** Takes back every step, last first; an atomic patch happened or did not, and only its staged file goes. May be repeated after a crash of its own; the journal goes when all is done. */
export function rollBack(io: PatchIo, file: JournalFile): RecoveredFile[] {
  const outcomes: RecoveredFile[] = [];
  if (isAtomic(file.journal)) {
    finish(io, file);
    return outcomes;
  }
  for (const step of file.journal.steps.toReversed()) {
    const kept = takeBack(io, step);
    outcomes.push(
      kept === null
        ? { path: step.path, kind: "restored", message: `${step.path} is as it was before the patch.` }
        : { path: step.path, kind: "kept", message: kept },
    );
  }
  for (const directory of file.journal.directories.toReversed()) removeDirectory(io, directory);
  for (const directory of new Set(file.journal.steps.map((step) => dirname(step.path)))) {
    if (fs.existsSync(directory)) io.syncDirectory(directory);
  }
  removeIfThere(io, file.path);
  return outcomes;
}

/** null: the old state stands. Otherwise why it does not. */
function takeBack(io: PatchIo, step: JournalStep): string | null {
  switch (step.op) {
    case "create":
      return takeBackCreate(io, step);
    case "replace":
      return takeBackReplace(io, step);
    case "overwrite":
      return takeBackOverwrite(io, step);
    case "remove":
      if (!exists(step.backup)) return null;
      if (exists(step.path)) return changedSince(step.path, step.backup);
      io.rename(step.backup, step.path);
      return null;
  }
}

function takeBackCreate(io: PatchIo, step: Extract<JournalStep, { op: "create" }>): string | null {
  const ours = exists(step.staged) ? sameInode(step.staged, step.path) : holds(step.path, step.new_hash);
  if (ours) io.unlink(step.path);
  removeIfThere(io, step.staged);
  return null;
}

function takeBackReplace(io: PatchIo, step: Extract<JournalStep, { op: "replace" }>): string | null {
  let kept: string | null = null;
  if (exists(step.backup)) {
    if (sameInode(step.backup, step.path)) io.unlink(step.backup);
    else if (!exists(step.path) || holds(step.path, step.new_hash)) io.rename(step.backup, step.path);
    else kept = changedSince(step.path, step.backup);
  }
  removeIfThere(io, step.staged);
  return kept;
}

function takeBackOverwrite(io: PatchIo, step: Extract<JournalStep, { op: "overwrite" }>): string | null {
  const old_bytes = bytesOf(step.backup);
  // An incomplete copy of the old content means that the file itself was not touched yet.
  if (old_bytes && hashContent([old_bytes]) === step.old_hash) {
    // Without the new content beside it, an earlier recovery had begun to write the old one.
    const fresh = bytesOf(step.staged);
    if (fresh) {
      const now = bytesOf(step.path);
      if (!now || !isMixOf(now, fresh, old_bytes)) return changedSince(step.path, step.backup);
      io.unlink(step.staged);
    }
    io.overwrite(step.path, [old_bytes], step.old_mode);
  }
  removeIfThere(io, step.backup);
  removeIfThere(io, step.staged);
  return null;
}

/** Whether a file is what an interrupted write leaves: the beginning of the new content, then the rest of the old. */
function isMixOf(now: Uint8Array, fresh: Uint8Array, old: Uint8Array): boolean {
  let common = 0;
  while (common < now.length && common < fresh.length && now[common] === fresh[common]) common++;
  return Buffer.compare(now.subarray(common), old.subarray(common)) === 0 || common === now.length;
}

function changedSince(path: string, backup: string): string {
  return `${path} was changed after a patch was interrupted, so it stays as it is; its content before the patch is in ${backup}.`;
}

function bytesOf(path: string): Uint8Array | null {
  const found = look(path);
  return found?.kind === "file" ? found.snapshot.bytes : null;
}

function holds(path: string, hash: string): boolean {
  const bytes = bytesOf(path);
  return bytes !== null && hashContent([bytes]) === hash;
}

function sameInode(a: string, b: string): boolean {
  const [first, second] = [entryAt(a), entryAt(b)];
  return first !== undefined && second !== undefined && first.ino === second.ino && first.dev === second.dev;
}

/** Asks first: making the error of a file that is not there costs more than the rest of a small patch. */
function removeIfThere(io: PatchIo, path: string): void {
  if (exists(path)) io.unlink(path);
}

/** A directory that the patch made goes again, unless somebody put something into it. */
function removeDirectory(io: PatchIo, path: string): void {
  try {
    io.rmdir(path);
  } catch (error) {
    if (!["ENOENT", "ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(errorCode(error))) throw error;
  }
}
