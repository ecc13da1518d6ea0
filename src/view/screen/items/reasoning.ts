import type { Look } from "../contract.ts";
import { markdownRows } from "../markdown/blocks.ts";
import { sign } from "../signs.ts";
import { cut, inPaint, type Line, reading } from "../text/line.ts";
import type { Extent } from "./fold.ts";

/** Reasoning: one line with its first sentence; whole, all of it. */
export function reasoningRows(text: string, look: Look, extent: Extent): Line[] {
  const { dim } = look.theme;
  if (extent === "whole") return markdownRows(text, look).map((line) => inPaint(line, dim));
  const first = firstSentence(text.slice(0, look.columns * 8));
  return first === "" ? [] : [cut([sign(look, "note", dim), reading(first, dim)], look.columns)];
}

/** What it is thinking about now: the last thing that it began to say. */
export function thinkingRows(text: string, look: Look): Line[] {
  const lines = text
    .slice(-look.columns * 8)
    .split("\n")
    .filter((line) => line.trim() !== "");
  const { dim } = look.theme;
  return [cut([sign(look, "note", dim), reading(withoutMarks(lines.at(-1) ?? "") || "thinking", dim)], look.columns)];
}

function firstSentence(text: string): string {
  const line =
    text
      .split("\n")
      .map(withoutMarks)
      .find((one) => one !== "") ?? "";
  return /^.*?[.!?。！？](?=\s|$)/u.exec(line)?.[0] ?? line;
}

/** Without what Markdown marks a title with. */
function withoutMarks(line: string): string {
  return line
    .replace(/^\s*#{1,6}\s+/, "")
    .replace(/\*\*|__|`/g, "")
    .trim();
}
