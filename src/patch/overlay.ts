import type { FileSnapshot, PatchScope } from "./contract.ts";
import type { Edit } from "./edit.ts";
import { errorCode, type FoundEntry, look } from "./io.ts";
import { type PathTarget, ScopeGuard } from "./scope.ts";
import type { TextFile } from "./text.ts";

/** A plan cannot be made. Internal: `planPatch` turns it into a `PatchError`. */
export class PlanError extends Error {
  override name = "PlanError";
  readonly patch_line: number;

  constructor(message: string, patch_line: number) {
    super(message);
    this.patch_line = patch_line;
  }
}

/** The content of a file that will be. */
export interface PlannedContent {
  /** null: the file is too large to be held; it can only be deleted. */
  pieces: Uint8Array[] | null;
  /** Permission bits; null: what the process gives a new file. */
  mode: number | null;
}

/** How one update changed the content that is on disk. */
export interface Trace {
  file: TextFile;
  edits: Edit[];
}

/** A file that the patch touches: how it is on disk, and how it will be. */
export interface OverlaidFile {
  path: string;
  /** As the patch spells it, the first time. */
  shown: string;
  before: FileSnapshot | null;
  /** null: there will be no file. */
  now: PlannedContent | null;
  /** Whether `now` is still what is on disk. */
  pristine: boolean;
  /** Set while one update of what is on disk (here, or where it was moved from) is all that happened. */
  trace: Trace | null;
  /** The file on disk whose content was moved here. */
  moved_from: OverlaidFile | null;
}

/** The files as they will be when the patch has got this far. Nothing is written. */
export class Overlay {
  readonly entries = new Map<string, OverlaidFile>();
  readonly #guard: ScopeGuard;

  constructor(scope: PatchScope) {
    this.#guard = new ScopeGuard(scope);
  }

  target(shown: string, patch_line: number): PathTarget {
    const found = this.#guard.target(shown, (path) => {
      const entry = this.entries.get(path);
      return entry !== undefined && entry.before?.link != null && !entry.pristine;
    });
    if (!found.ok) throw new PlanError(found.reason, patch_line);
    return found.target;
  }

  /** The entry of a resolved path, read from disk the first time. */
  entry(path: string, shown: string, patch_line: number): OverlaidFile {
    const known = this.entries.get(path);
    if (known) return known;
    const before = read(path, shown, patch_line);
    const now = before?.link === null ? { pieces: before.bytes ? [before.bytes] : null, mode: before.mode } : null;
    const entry: OverlaidFile = { path, shown, before, now, pristine: true, trace: null, moved_from: null };
    this.entries.set(path, entry);
    return entry;
  }

  /** Gives a file its new content, or none. */
  set(entry: OverlaidFile, now: PlannedContent | null, patch_line: number, trace: Trace | null = null): void {
    if (now && !entry.now) this.#refuseFileAsDirectory(entry, patch_line);
    Object.assign(entry, { now, trace, pristine: false, moved_from: now && trace ? entry.moved_from : null });
  }

  /** A file that would have to be the directory of another one could not be written in the end. */
  #refuseFileAsDirectory(entry: OverlaidFile, patch_line: number): void {
    for (const other of this.entries.values()) {
      const clash = other.path.startsWith(`${entry.path}/`) || entry.path.startsWith(`${other.path}/`);
      if (!clash || !other.now) continue;
      throw new PlanError(
        `${entry.shown} and ${other.shown} cannot both be files: one would be the directory of the other.`,
        patch_line,
      );
    }
  }
}

function read(path: string, shown: string, patch_line: number): FileSnapshot | null {
  let found: FoundEntry;
  try {
    found = look(path);
  } catch (error) {
    if (errorCode(error) === "ENOTDIR") return null;
    const reason = error instanceof Error ? error.message : String(error);
    throw new PlanError(`Failed to read ${shown}: ${reason}`, patch_line);
  }
  if (found?.kind === "other")
    throw new PlanError(`${shown} is ${found.what}; a patch changes files only.`, patch_line);
  return found?.snapshot ?? null;
}
