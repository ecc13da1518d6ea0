import { accessSync, constants } from "node:fs";
import { dirname, relative } from "node:path";
import { isWithin } from "../base/index.ts";
import type { FileUpdateChange } from "../protocol/index.ts";
import type { FileSnapshot, PlannedWrite } from "./contract.ts";
import {
  type DiffNames,
  editsBetween,
  quoteName,
  renderDiff,
  type ShownLines,
  shownEdits,
  shownLines,
} from "./diff.ts";
import type { OverlaidFile } from "./overlay.ts";
import { splitText, type TextFile } from "./text.ts";
import { joined } from "./update.ts";

/** What the patch does to each file, as the user sees it: one change a file, a move under its old path. `diffs`: with what changes in each. */
export async function describeChanges(
  entries: readonly OverlaidFile[],
  cwd: string,
  diffs: boolean,
): Promise<FileUpdateChange[]> {
  const moves = movesOf(entries);
  const sources = new Set(moves.values());
  const changes: FileUpdateChange[] = [];
  for (const entry of entries) {
    if (sources.has(entry)) continue;
    const change = await describe(entry, moves.get(entry) ?? null, diffs ? cwd : null);
    if (change) changes.push(change);
  }
  return changes;
}

/** Files that took the place of one that is gone. A file that was replaced on the way is told as two changes instead. */
function movesOf(entries: readonly OverlaidFile[]): Map<OverlaidFile, OverlaidFile> {
  const moves = new Map<OverlaidFile, OverlaidFile>();
  const claimed = new Set<OverlaidFile>();
  for (const entry of entries) {
    const source = entry.moved_from;
    if (!source?.before || source.now || entry.before || !entry.now || claimed.has(source)) continue;
    moves.set(entry, source);
    claimed.add(source);
  }
  return moves;
}

/** `cwd`: where the names in its diff start; null: without a diff. */
async function describe(
  entry: OverlaidFile,
  source: OverlaidFile | null,
  cwd: string | null,
): Promise<FileUpdateChange | null> {
  const origin = source ?? entry;
  const { before } = origin;
  if (!before && !entry.now) return null;
  if (!source && before && isSame(entry, before)) return null;
  const diff = cwd === null ? null : await diffOf(entry, before, namesOf(entry, origin, cwd));
  const kind = !before ? "add" : entry.now ? "update" : "delete";
  const links = kind === "update" && !source ? (before?.nlink ?? 1) : 1;
  return {
    path: origin.path,
    kind,
    ...(diff === null ? {} : { diff }),
    ...(source ? { move_path: entry.path } : {}),
    ...(links > 1 ? { links } : {}),
  };
}

function namesOf(entry: OverlaidFile, origin: OverlaidFile, cwd: string): DiffNames {
  return {
    before: origin.before ? nameOf(origin.path, cwd) : null,
    after: entry.now ? nameOf(entry.path, cwd) : null,
  };
}

function nameOf(path: string, cwd: string): string {
  return isWithin(path, cwd) ? relative(cwd, path) : path;
}

function isSame(entry: OverlaidFile, before: FileSnapshot): boolean {
  if (entry.pristine) return true;
  const mode = entry.now?.mode ?? before.mode;
  return (
    entry.now?.pieces != null &&
    before.bytes !== null &&
    mode === before.mode &&
    sameBytes(before.bytes, entry.now.pieces)
  );
}

function sameBytes(bytes: Uint8Array, pieces: readonly Uint8Array[]): boolean {
  let at = 0;
  for (const piece of pieces) {
    if (Buffer.compare(bytes.subarray(at, at + piece.length), piece) !== 0) return false;
    at += piece.length;
  }
  return at === bytes.length;
}

async function diffOf(entry: OverlaidFile, before: FileSnapshot | null, names: DiffNames): Promise<string | null> {
  const modes = modeLines(before, entry);
  if (before?.bytes && entry.now?.pieces && sameBytes(before.bytes, entry.now.pieces)) {
    return modes + (names.before === names.after ? "" : `rename from ${names.before}\nrename to ${names.after}\n`);
  }
  // Edits tell the difference to what was read for them; a file that was moved over another one differs from that one.
  if (entry.trace && entry.trace.file.bytes === before?.bytes) {
    const { file, edits } = entry.trace;
    if (isBinary(file)) return modes + binary(names);
    return modes + renderDiff(names, shownLines(file), shownEdits(file, edits));
  }
  const old_side = before ? sideOf(before) : EMPTY;
  const new_side = entry.now ? sideOf({ bytes: entry.now.pieces && joined(entry.now.pieces), link: null }) : EMPTY;
  if (!old_side || !new_side) return modes + binary(names);
  const edits = await editsBetween(old_side, new_side);
  // The same lines in another encoding: no line can show it.
  if (edits.length === 0 && before && entry.now) return modes + binary(names);
  return modes + renderDiff(names, old_side, edits);
}

const EMPTY: ShownLines = { count: 0, line: () => "" };

/** A whole content, byte order mark included; null: binary, or too large to be shown. */
function sideOf({ bytes, link }: Pick<FileSnapshot, "bytes" | "link">): ShownLines | null {
  if (link !== null) return { count: 1, line: () => link };
  const read = bytes && splitText(bytes, true);
  return read?.ok && !isBinary(read.file) ? shownLines(read.file) : null;
}

/** As git decides it: a NUL in the first 8,000 bytes; UTF-16 is text for us. */
function isBinary(file: TextFile): boolean {
  return !file.encoding.startsWith("utf-16") && file.bytes.subarray(0, 8000).includes(0);
}

function binary(names: DiffNames): string {
  return `Binary files ${quoteName("a/", names.before)} and ${quoteName("b/", names.after)} differ\n`;
}

function modeLines(before: FileSnapshot | null, entry: OverlaidFile): string {
  const mode = entry.now?.mode;
  if (!before || mode == null || mode === before.mode || before.link !== null) return "";
  return `old mode ${(0o100000 | before.mode).toString(8)}\nnew mode ${(0o100000 | mode).toString(8)}\n`;
}

/** The changes of the file system that make the planned files real: removals first, so that names are free. */
export function plannedWrites(entries: readonly OverlaidFile[]): PlannedWrite[] {
  const removals: PlannedWrite[] = [];
  const others: PlannedWrite[] = [];
  for (const { path, shown, before, now, pristine } of entries) {
    if (pristine) continue;
    const replaced = before?.link === null ? before : null;
    if (before && !(now && replaced)) removals.push({ op: "remove", path, shown, before });
    if (!now?.pieces) continue;
    const content = now.pieces;
    const mode = now.mode ?? 0o666 & ~process.umask();
    if (!replaced) others.push({ op: "create", path, shown, content, mode });
    else if (replaced.mode !== mode || replaced.bytes === null || !sameBytes(replaced.bytes, content)) {
      others.push({
        op: "replace",
        path,
        shown,
        before: replaced,
        content,
        mode,
        in_place: mustKeepInode(path, replaced),
      });
    }
  }
  return [...removals, ...others];
}

/** A new inode would break other links, or belong to somebody else, or cannot be put into the directory. */
function mustKeepInode(path: string, before: FileSnapshot): boolean {
  if (before.nlink > 1 || !ownsLike(before)) return true;
  try {
    accessSync(dirname(path), constants.W_OK);
    return false;
  } catch {
    return true;
  }
}

function ownsLike(before: FileSnapshot): boolean {
  const uid = process.geteuid?.() ?? before.uid;
  if (uid === 0) return true;
  return (
    uid === before.uid && (process.getegid?.() === before.gid || process.getgroups?.().includes(before.gid) === true)
  );
}
