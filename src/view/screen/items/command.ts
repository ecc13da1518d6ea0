import type { CommandExecution, Declined } from "../../../protocol/index.ts";
import { commandText, declinedTexts, denialSentence, homeWroteLine } from "../../item-lines.ts";
import { duration } from "../../quantity.ts";
import type { Look } from "../contract.ts";
import { sign } from "../signs.ts";
import {
  blanks,
  cut,
  exact,
  hanging,
  type Line,
  lineWidth,
  type Paint,
  reading,
  row,
  wrappedLine,
} from "../text/line.ts";
import { type Extent, foldRow } from "./fold.ts";

/** What of an output is shown: enough to see how it began and how it ended. */
const FIRST_LINES = 2;
const LAST_LINES = 3;
/** Rows of a command; more is a program, and shown in the pager. */
const COMMAND_ROWS = 4;

/** A finished command: `$`, how it ended at the right, what it printed, what the sandbox refused. */
export function commandRows(
  command: CommandExecution,
  denial: string | null,
  took_ms: number | null,
  look: Look,
  extent: Extent,
): Line[] {
  const output = outputRows(command, look, extent);
  return [
    ...headRows(command.command, endOf(command, took_ms, look), look, extent),
    ...output,
    ...homeWroteLine(command).flatMap((line) => below([exact(line)], look, look.theme.dim)),
    ...declinedRows(command.declined, look),
    ...(denial === null ? [] : denialSentence(denial).split("\n")).flatMap((line) =>
      below([reading(line)], look, look.theme.warn),
    ),
  ];
}

/** Who said no, why, and what would let it through. */
export function declinedRows(declined: Declined | undefined, look: Look): Line[] {
  return declinedTexts(declined).flatMap((text) => below([exact(text)], look, look.theme.warn));
}

/** A command that runs: its last lines, how long it runs. `output`: the end of what it printed is enough. */
export function runningRows(command: string, output: string, took_ms: number, look: Look): Line[] {
  const time = [exact(`running · ${duration(took_ms)} · Ctrl-C`, look.theme.dim)];
  const near = output.slice(-LAST_LINES * look.columns * 4);
  const last = near.trimEnd().split("\n").slice(-LAST_LINES);
  const shown = near.trim() === "" ? [] : last.map((line) => outputLine(line, look));
  return [...headRows(command, time, look, "folded"), ...shown];
}

/** The command without moat's own shell around it; lines behind the first have a mark, so that none passes for another command. */
function headRows(command: string, end: Line, look: Look, extent: Extent): Line[] {
  const { bold, dim } = look.theme;
  const whole =
    extent === "whole" ? commandText(command) : commandText(command).slice(0, COMMAND_ROWS * look.columns * 4);
  const mark = sign(look, "command", bold);
  const rows = whole.split("\n").flatMap((line, index) => {
    const before = index === 0 ? mark : exact("| ", dim);
    const rows = wrappedLine([exact(line, bold)], look.columns - before.text.length - 1);
    return hanging(rows, [before], [blanks(before.text.length)]);
  });
  const folds = extent === "folded" && rows.length > COMMAND_ROWS;
  const shown = folds ? [...rows.slice(0, COMMAND_ROWS - 1), foldRow(null, look)] : rows;
  return withEnd(shown, end, look.columns);
}

/** How it ended stands at the right of the last row, where there is room; else below it. */
function withEnd(rows: readonly Line[], end: Line, columns: number): Line[] {
  const last = rows.at(-1) ?? [];
  if (lineWidth(last) + lineWidth(end) + 2 <= columns) return [...rows.slice(0, -1), row(last, end, columns)];
  return [...rows, cut([exact("  "), ...end], columns)];
}

function endOf({ status, exit_code }: CommandExecution, took_ms: number | null, look: Look): Line {
  const { theme, words } = look;
  const time = took_ms === null ? [] : [duration(took_ms)];
  if (status === "declined") return [exact([words ? "declined" : "– declined", ...time].join(" · "), theme.warn)];
  if (exit_code === 0) return [exact([words ? "finished" : "✓", ...time].join(words ? ", " : " "), theme.good)];
  if (exit_code === null) return [exact([words ? "not finished" : "–", ...time].join(words ? ", " : " "), theme.warn)];
  const how = exit_code === -1 ? "not started" : words ? `exit ${exit_code}` : String(exit_code);
  return [exact([words ? how : `✗ ${how}`, ...time].join(words ? ", " : " · "), theme.bad)];
}

function outputRows({ aggregated_output }: CommandExecution, look: Look, extent: Extent): Line[] {
  if (aggregated_output.trim() === "") return [];
  const lines = aggregated_output.trimEnd().split("\n");
  if (extent === "whole") return lines.flatMap((line) => below([reading(plain(line))], look, look.theme.dim, "cells"));
  const hidden = lines.length - FIRST_LINES - LAST_LINES;
  // To hide a single line would save none.
  if (hidden <= 1) return lines.map((line) => outputLine(line, look));
  return [
    ...lines.slice(0, FIRST_LINES).map((line) => outputLine(line, look)),
    foldRow(hidden, look),
    ...lines.slice(-LAST_LINES).map((line) => outputLine(line, look)),
  ];
}

/** A line of an output in one row. */
function outputLine(line: string, look: Look): Line {
  const near = plain(line.slice(0, look.columns * 32));
  return cut(
    [exact("  "), reading(near, look.theme.dim), ...(near.length < line.length - 1 ? [exact(" …")] : [])],
    look.columns,
  );
}

/** Without the end that other systems give their lines. */
const plain = (line: string) => line.replace(/\r$/, "");

/** Something that belongs to the line above, set in. */
export function below(line: Line, look: Look, paint: Paint, breaking: "words" | "cells" = "words"): Line[] {
  const rows = wrappedLine(
    line.map((run) => ({ ...run, paint: run.paint ?? paint })),
    look.columns - 2,
    breaking,
  );
  return hanging(rows, [exact("  ")], [exact("  ")]);
}
