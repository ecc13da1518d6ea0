import type { FileChange, FileUpdateChange } from "../../../protocol/index.ts";
import { cells } from "../../../term/index.ts";
import { linksText } from "../../item-lines.ts";
import type { Look } from "../contract.ts";
import { endOfPath, shortPath } from "../path.ts";
import { sign } from "../signs.ts";
import { exact, type Line, lineWidth, reading, row, wrappedLine } from "../text/line.ts";
import { below, declinedRows } from "./command.ts";
import { type FileDiff, readDiff } from "./diff.ts";
import { type DiffStyle, hunkRows, SIDE_BY_SIDE, sideRows } from "./diff-rows.ts";
import { type Extent, foldRow } from "./fold.ts";

/** Rows of a patch that are shown; of a longer one each hunk begins. */
const PATCH_ROWS = 40;
/** Cells of the sign, and between a name and its numbers. */
const NAME_AROUND = 4;
/** Rows of a hunk that a folded patch shows. */
const HUNK_ROWS = 3;

/** A patch: each file with its counts at the right and its hunks, and what became of it when that is not what was wanted. */
export function patchRows({ changes, status, error, declined }: FileChange, look: Look, extent: Extent): Line[] {
  const files = changes.map((change) => ({ change, rows: changeRows(change, look, extent) }));
  const all = files.reduce((sum, { rows }) => sum + rows.length, 0);
  const fold = extent === "folded" && all > PATCH_ROWS;
  return [
    ...files.flatMap(({ change, rows }) => (fold ? foldedRows(change, look) : rows)),
    ...endRows(status, error?.message ?? "", look),
    ...declinedRows(declined, look),
  ];
}

/** The changes of a patch whole, every character of them shown: for what is approved. */
export function approvedRows(changes: readonly FileUpdateChange[], look: Look): Line[] {
  return changes.flatMap((change) => {
    const file = readDiff(change.diff ?? "");
    const name = wrappedLine([...nameOf(change, look), exact("  "), ...counts(file, look)], look.columns);
    return [...name, ...linksRows(change, look), ...bodyRows(file, look, { exact: true })];
  });
}

/** A file of a diff under its name. */
export function fileRows(file: FileDiff, look: Look): Line[] {
  const left = [sign(look, "patch", look.theme.accent), exact(file.name, look.theme.bold)];
  return [row(left, counts(file, look), look.columns), ...bodyRows(file, look, { exact: false })];
}

function changeRows(change: FileUpdateChange, look: Look, extent: Extent): Line[] {
  const file = readDiff(change.diff ?? "");
  const body = extent === "whole" ? bodyRows(file, look, { exact: false }) : foldableRows(file, look);
  return [...fileHead(change, file, look), ...body];
}

/** Rows of a file, or more than are shown anyway: a huge diff is not laid out to be folded. */
function foldableRows(file: FileDiff, look: Look): Line[] {
  const lines = file.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
  const long = file.hunks.some((hunk) => hunk.lines.some(({ text }) => text.length > PATCH_ROWS * look.columns));
  if (lines > PATCH_ROWS || long) return Array.from({ length: PATCH_ROWS + 1 }, () => []);
  return [...noteRows(file, look, { exact: false }), ...hunkRows(file, look, { exact: false })];
}

function bodyRows(file: FileDiff, look: Look, style: DiffStyle): Line[] {
  return [...noteRows(file, look, style), ...linesRows(file, look, style)];
}

/** What its head says beside the name. */
function noteRows({ notes }: FileDiff, look: Look, style: DiffStyle): Line[] {
  return notes.flatMap((note) => below([style.exact ? exact(note) : reading(note)], look, look.theme.dim, "cells"));
}

function linesRows(file: FileDiff, look: Look, style: DiffStyle): Line[] {
  return look.columns >= SIDE_BY_SIDE && !look.words && file.added > 0 && file.removed > 0
    ? sideRows(file, look, style)
    : hunkRows(file, look, style);
}

/** Each hunk's first lines, those that change something before the others. */
function foldedRows(change: FileUpdateChange, look: Look): Line[] {
  const file = readDiff(change.diff ?? "");
  const near = 2 * look.columns;
  const hunks = file.hunks.slice(0, HUNK_ROWS * 4).map((hunk) => {
    const from = Math.max(
      0,
      hunk.lines.findIndex(({ kind }) => kind === "added" || kind === "removed"),
    );
    const lines = hunk.lines.slice(from, from + HUNK_ROWS).map((line) => ({ ...line, text: line.text.slice(0, near) }));
    return { ...hunk, where: hunk.where.slice(0, near), lines };
  });
  const all = file.hunks.reduce((sum, { lines }) => sum + lines.length, 0);
  const shown = hunks.reduce((sum, { lines }) => sum + lines.length, 0);
  const more = all > shown ? [foldRow(all - shown, look)] : [];
  return [...fileHead(change, file, look), ...hunkRows({ ...file, hunks }, look, { exact: false }), ...more];
}

function fileHead(change: FileUpdateChange, file: FileDiff, look: Look): Line[] {
  const numbers = counts(file, look);
  return [
    row(nameOf(change, look, look.columns - lineWidth(numbers)), numbers, look.columns),
    ...linksRows(change, look),
  ];
}

/** `room`: cells that it may have; what is approved is shown whatever it takes. */
function nameOf(change: FileUpdateChange, look: Look, room = Number.POSITIVE_INFINITY): Line {
  const { theme } = look;
  const words = { add: " (new)", update: "", delete: " (deleted)" }[change.kind];
  const to = change.move_path ? ` → ${shortPath(change.move_path, look)}` : "";
  const left = room - NAME_AROUND - cells(to) - words.length;
  const path = exact(`${endOfPath(shortPath(change.path, look), left)}${to}`, theme.bold);
  return [sign(look, "patch", theme.accent), path, exact(words, theme.dim)];
}

function linksRows({ links }: FileUpdateChange, look: Look): Line[] {
  return links === undefined ? [] : below([exact(linksText(links))], look, look.theme.warn);
}

function counts({ added, removed }: FileDiff, { theme }: Look): Line {
  if (added + removed === 0) return [];
  return [exact(`+${added}`, theme.added), exact(" "), exact(`−${removed}`, theme.removed)];
}

function endRows(status: FileChange["status"], why: string, look: Look): Line[] {
  const { theme } = look;
  if (status === "declined")
    return [[exact("  "), sign(look, "neither", theme.warn), exact("patch declined", theme.warn)]];
  if (status !== "failed") return [];
  const [first = "", ...rest] = why.split("\n");
  return [
    ...below([sign(look, "bad"), reading(`patch failed${first === "" ? "" : `: ${first}`}`)], look, theme.bad),
    ...rest.flatMap((line) => below([reading(line)], look, theme.dim)),
  ];
}
