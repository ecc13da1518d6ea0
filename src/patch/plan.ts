import { relative } from "node:path";
import type { FileUpdateChange } from "../protocol/index.ts";
import type { PatchError, PatchPlan, PatchResult, PatchScope } from "./contract.ts";
import { suggestPath } from "./locate/suggest.ts";
import { describeChanges, plannedWrites } from "./outcome.ts";
import { type OverlaidFile, Overlay, PlanError, type PlannedContent, type Trace } from "./overlay.ts";
import type { AddFile, DeleteFile, FilePatch, Patch, UpdateFile } from "./parse/syntax.ts";
import { splitText } from "./text.ts";
import { editContent, joined } from "./update.ts";

/**
 * Resolves every hunk of every file in memory: reads files, writes none. The first thing that does not fit is the error;
 * its message names the file, the hunk and what stands there now.
 * @param diffs whether the changes of the plan hold their diffs, which takes longer than the rest of a small patch
 */
export async function planPatch(patch: Patch, scope: PatchScope, diffs = true): Promise<PatchResult<PatchPlan>> {
  if (patch.files.length === 0) return failure("No files were modified: the patch names none.", null, null);
  const planner = new Planner(scope);
  for (const file of patch.files) {
    try {
      planner.apply(file);
    } catch (error) {
      if (!(error instanceof PlanError)) throw error;
      return failure(error.message, file.path, error.patch_line);
    }
  }
  const entries = [...planner.overlay.entries.values()];
  const changes = await describeChanges(entries, scope.cwd, diffs);
  const writes = plannedWrites(entries);
  for (const change of changes) if (change.links !== undefined) planner.notes.push(linkNote(change, scope.cwd));
  if (writes.length === 0) planner.notes.push("The files hold this content already: nothing changes.");
  return { ok: true, value: { changes, notes: planner.notes, summary: planner.summary(), writes } };
}

function linkNote({ path, links }: FileUpdateChange, cwd: string): string {
  return `${relative(cwd, path)} has ${links} names (hard links): it is changed under all of them, wherever they lie.`;
}

function failure(message: string, path: string | null, patch_line: number | null): { ok: false; error: PatchError } {
  return { ok: false, error: { message, path, patch_line } };
}

interface Place {
  path: string;
  line: number;
}

class Planner {
  readonly overlay: Overlay;
  readonly notes: string[] = [];
  readonly #scope: PatchScope;
  readonly #verbs = { A: new Set<string>(), M: new Set<string>(), D: new Set<string>() };

  constructor(scope: PatchScope) {
    this.#scope = scope;
    this.overlay = new Overlay(scope);
  }

  summary(): string[] {
    return (["A", "M", "D"] as const).flatMap((verb) => [...this.#verbs[verb]].map((path) => `${verb} ${path}`));
  }

  apply(file: FilePatch): void {
    if (file.kind === "add") this.#add(file);
    else if (file.kind === "delete") this.#delete(file);
    else this.#update(file);
  }

  #add(file: AddFile): void {
    const entry = this.#open(file.path, file.line);
    if (entry.now && file.must_be_new) {
      throw new PlanError(`${file.path} exists already, but the diff creates it.`, file.line);
    }
    if (entry.now) this.#overwrite(entry, file);
    const half = file.lines.findIndex((line) => !line.isWellFormed());
    if (half >= 0) {
      const reason = `line ${half + 1} holds half of a surrogate pair, which UTF-8 cannot hold`;
      throw new PlanError(`Failed to add ${file.path}: ${reason}. Write the whole character.`, file.line);
    }
    const text = file.lines.join("\n") + (file.final_newline && file.lines.length > 0 ? "\n" : "");
    // A file that is deleted and added again in one patch is a rewrite: it keeps its mode.
    const mode = entry.now?.mode ?? (entry.before?.link === null ? entry.before.mode : null);
    const pieces = text === "" ? [] : [Buffer.from(text, "utf8")];
    this.overlay.set(entry, { pieces, mode: withExecutable(mode, file.executable) }, file.line);
    this.#verbs.A.add(file.path);
  }

  /** A content that goes must be held, or it could not be brought back should the commit fail. */
  #overwrite(entry: OverlaidFile, place: Place): void {
    if (this.#scope.no_overwrite) {
      throw new PlanError(
        `${entry.shown} exists already and overwriting is off. Update the file, or delete it first.`,
        place.line,
      );
    }
    if (entry.now) pieces(entry.now, place);
    if (entry.before) this.notes.push(`${entry.shown} existed and is replaced as a whole.`);
  }

  #delete(file: DeleteFile): void {
    const target = this.overlay.target(file.path, file.line);
    const entry = this.overlay.entry(target.link ?? target.path, file.path, file.line);
    if (!entry.now && !(entry.pristine && entry.before)) throw this.#missing("delete", file);
    if (file.expected && entry.now) this.#expect(entry.now, file.expected, file);
    this.overlay.set(entry, null, file.line);
    this.#verbs.D.add(file.path);
  }

  #expect(now: PlannedContent, expected: readonly string[], place: Place): void {
    const read = splitText(joined(pieces(now, place)), expected[0]?.startsWith("\ufeff"));
    const lines = read.ok ? read.file.lines : [];
    const differs = lines.findIndex((line, i) => line.trimEnd() !== expected[i]?.trimEnd());
    if (differs < 0 && lines.length === expected.length) return;
    const line = (differs < 0 ? Math.min(lines.length, expected.length) : differs) + 1;
    throw new PlanError(
      `${place.path} is not what the diff deletes: line ${line} differs. Nothing was written.`,
      place.line,
    );
  }

  #update(file: UpdateFile): void {
    const target = this.overlay.target(file.path, file.line);
    const source = this.overlay.entry(target.path, file.path, file.line);
    if (!source.now) throw this.#missing("update", file);
    const { content, trace } = this.#edit(source, source.now, file);
    const now = { pieces: content, mode: withExecutable(source.now.mode, file.executable) };
    const destination = file.move_path === null ? source : this.#open(file.move_path, file.line);
    if (destination === source) this.overlay.set(source, now, file.line, trace);
    else this.#move(file, source, target.link, destination, now, trace);
    this.#verbs.M.add(file.move_path ?? file.path);
  }

  /** Without hunks (a rename, a change of mode) any content will do; with them it must be text. */
  #edit(source: OverlaidFile, now: PlannedContent, file: UpdateFile): { content: Uint8Array[]; trace: Trace | null } {
    const before = pieces(now, file);
    if (file.hunks.length === 0) return { content: before, trace: null };
    const edited = editContent(before, file, this.#scope.strict);
    this.notes.push(...edited.notes);
    return { content: edited.pieces, trace: source.pristine ? { file: edited.file, edits: edited.edits } : null };
  }

  #move(
    file: UpdateFile,
    source: OverlaidFile,
    link: string | null,
    to: OverlaidFile,
    now: PlannedContent,
    trace: Trace | null,
  ): void {
    const same_inode =
      source.before && to.before && source.before.ino === to.before.ino && source.before.dev === to.before.dev;
    if (same_inode && source.before?.nlink === 1) {
      throw new PlanError(
        `${file.path} and ${to.shown} are one file here: this file system ignores case. Rename it with git mv.`,
        file.line,
      );
    }
    if (to.now) this.#overwrite(to, file);
    // Through a symlink the link moves away, and the file that it led to stays.
    const gone = link === null ? source : this.overlay.entry(link, file.path, file.line);
    const origin = link === null ? (source.moved_from ?? source) : null;
    this.overlay.set(gone, null, file.line);
    this.overlay.set(to, now, file.line, trace);
    to.moved_from = origin;
  }

  #open(shown: string, line: number): OverlaidFile {
    return this.overlay.entry(this.overlay.target(shown, line).path, shown, line);
  }

  #missing(verb: string, place: Place): PlanError {
    const similar = suggestPath(this.#scope.cwd, place.path);
    const hint = similar === null ? "" : ` Did you mean ${similar}?`;
    return new PlanError(`Failed to ${verb} ${place.path}: there is no such file.${hint}`, place.line);
  }
}

function pieces(content: PlannedContent, place: Place): Uint8Array[] {
  if (content.pieces) return content.pieces;
  throw new PlanError(`${place.path}: a file larger than 512 MiB cannot be patched.`, place.line);
}

/** Like git, execution is given to those who may read. */
function withExecutable(mode: number | null, executable: boolean | null): number | null {
  if (executable === null) return mode;
  const base = mode ?? 0o666 & ~process.umask();
  return executable ? base | ((base & 0o444) >> 2) : base & ~0o111;
}
