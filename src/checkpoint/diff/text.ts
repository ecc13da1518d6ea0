import { isUtf8 } from "node:buffer";
import type { PathDiff } from "../contract.ts";
import { entryType, permissions } from "../disk/inode.ts";
import { endNames, patchHeader, patchNames } from "./patch.ts";

/** A side of a difference; null: nothing is there. */
export interface DiffSide {
  path: string;
  mode: number;
  uid: number;
  gid: number;
  /** Of a file; null: it is not to be had (any more). */
  bytes: Buffer | null;
  size: number;
  /** Of a symlink. */
  target: string | null;
  /** It was changed since: what it was is not kept. */
  lost?: true;
}

/** Files above this are told by their size: nobody reads such a diff. */
const MOST = 1024 * 1024;
/** Changed lines above which no shortest diff is sought: its cost grows with their square. */
const MAX_EDITS = 5000;
/** A NUL in so many bytes is no text, as git has it. */
const LOOK = 8000;

/** How two sides differ: text as a unified diff from the root, all else as lines. null: they do not. */
export async function diffSides(
  before: DiffSide | null,
  after: DiffSide | null,
  root: string,
): Promise<PathDiff | null> {
  const shown = after ?? before;
  if (!shown) return null;
  const notes = [...metaNotes(before, after)];
  const moved = before && after && before.path !== after.path ? { from: before.path } : {};
  if (after?.lost) notes.push("changed since; what the turn left is not kept");
  const content = after?.lost ? null : await diffContent(before, after, notes, root);
  if (notes.length === 0 && content === null && !("from" in moved)) return null;
  return { path: shown.path, ...moved, ...(content === null ? {} : { diff: content }), notes };
}

async function diffContent(
  before: DiffSide | null,
  after: DiffSide | null,
  notes: string[],
  root: string,
): Promise<string | null> {
  const sides = [before, after].map((side) => (side && entryType(side.mode) === "file" ? side : null));
  const [old = null, now = null] = sides;
  if (!old && !now) return null;
  if ((old && !old.bytes) || (now && !now.bytes)) {
    notes.push(`content not kept: ${sizes(old, now)}`);
    return null;
  }
  const [a, b] = [old?.bytes ?? Buffer.alloc(0), now?.bytes ?? Buffer.alloc(0)];
  if (old && now && a.equals(b))
    return old.path !== now.path || isRunnable(old) !== isRunnable(now) ? patchHeader(old, now, root) : null;
  if (![a, b].every(isText)) {
    notes.push(`binary: ${sizes(old, now)}`);
    return null;
  }
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import("diff");
  const names = patchNames(old, now, root);
  const options = { context: 3, maxEditLength: MAX_EDITS, headerOptions: FILE_HEADERS_ONLY };
  const text = createTwoFilesPatch(...names, a.toString(), b.toString(), undefined, undefined, options);
  if (text === undefined) notes.push(`rewritten: ${sizes(old, now)}`);
  if (text === undefined) return null;
  return `${patchHeader(old, now, root)}${text.includes("\n@@ ") ? endNames(text) : ""}`;
}

const isRunnable = ({ mode }: DiffSide) => (permissions(mode) & 0o100) !== 0;

const isText = (bytes: Buffer) => bytes.length <= MOST && !bytes.subarray(0, LOOK).includes(0) && isUtf8(bytes);

const sizes = (before: DiffSide | null, after: DiffSide | null) =>
  [before, after].map((side) => (side ? `${side.size} bytes` : "nothing")).join(" → ");

const octal = (mode: number) => permissions(mode).toString(8).padStart(3, "0");

function metaNotes(before: DiffSide | null, after: DiffSide | null): string[] {
  const notes: string[] = [];
  const types = [before, after].map((side) => (side ? entryType(side.mode) : null));
  if (!before || !after) {
    const side = before ?? after;
    const type = types.find((each) => each !== null);
    if (side && type !== "file")
      notes.push(`${type} ${before ? "removed" : "made"}${side.target === null ? "" : ` → ${side.target}`}`);
    return notes;
  }
  if (types[0] !== types[1]) notes.push(`${types[0]} → ${types[1]}`);
  else if (permissions(before.mode) !== permissions(after.mode))
    notes.push(`mode ${octal(before.mode)} → ${octal(after.mode)}`);
  if (before.uid !== after.uid || before.gid !== after.gid)
    notes.push(`owner ${before.uid}:${before.gid} → ${after.uid}:${after.gid}`);
  if (!after.lost && before.target !== after.target)
    notes.push(`link ${before.target ?? "none"} → ${after.target ?? "none"}`);
  return notes;
}
