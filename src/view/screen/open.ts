import type { SafeText } from "../../term/index.ts";
import { openTag } from "../plan-tags.ts";
import type { OpenItem } from "../transcript.ts";
import { isApart, withoutBlankStart } from "./block.ts";
import type { Block, Look } from "./contract.ts";
import { runningRows } from "./items/command.ts";
import { itemRows } from "./items/item.ts";
import { thinkingRows } from "./items/reasoning.ts";
import { markdownRows } from "./markdown/blocks.ts";
import { codeLines } from "./markdown/code.ts";
import { exact, type Line, painted, wrappedLine } from "./text/line.ts";

/**
 * What is still growing: the end of the answer, reasoning, commands with the last lines of their output; at most as many lines
 * as the window has rows, the last ones. What it costs depends on the window, not on how much there is. Nothing for screen
 * readers, to whom it would be read again and again.
 */
export function open(
  items: readonly OpenItem[],
  look: Look,
  elapsed: (id: string) => number,
  above?: Block | null,
): readonly SafeText[] {
  if (look.words) return [];
  let before = above;
  const rows = items.flatMap((item) => {
    const shown = openRows(item, look, elapsed);
    const block = blockOf(item);
    const apart = shown.length > 0 && isApart(before, block);
    if (shown.length > 0) before = block;
    return apart ? [[], ...shown] : shown;
  });
  return rows.slice(-look.rows).map(painted);
}

/** What it will be once it is finished. */
function blockOf(item: OpenItem): Block {
  if (item.type === "item") return { type: "entry", entry: { type: "item", item: item.item, denial: null } };
  return item.type === "reasoning" ? { type: "reasoning", text: "" } : { type: "prose", text: "", first: false };
}

function openRows(open: OpenItem, look: Look, elapsed: (id: string) => number): Line[] {
  if (open.type !== "item")
    return open.type === "reasoning" ? thinkingRows(open.text, look) : tailRows(open.text, look);
  const { item } = open;
  if (item.type === "command_execution") return runningRows(item.command, open.output, elapsed(open.id), look);
  // The plan stands above the composer.
  if (item.type === "todo_list") return [];
  return itemRows(item, { denial: null, took_ms: elapsed(open.id) }, look, "folded");
}

/** The end of Markdown that is still being written: as much of it as a window can show. */
function tailRows(text: string, look: Look): Line[] {
  // What may become a mark is not shown before it is none.
  const said = text.slice(0, openTag(text));
  const tail = tailOf(said, look);
  if (tail === null) return markdownRows(withoutBlankStart(said), look);
  // What is not finished is one block: when it began as a fence, all of it is code.
  const fence = /^\s*(?:`{3,}|~{3,})([^\s`]*)/.exec(said.slice(0, 200));
  const rows =
    fence === null
      ? markdownRows(tail, look)
      : codeLines(tail, fence[1] ?? "", look).flatMap((one) => wrappedLine(one, look.columns, "cells"));
  return [[exact("…", look.theme.dim)], ...rows];
}

/** As many lines, and no more text, as fill a window twice: some of it is marks. null: all of it is no more. */
function tailOf(text: string, { rows, columns }: Look): string | null {
  const near = text.slice(-2 * rows * columns);
  const lines = near.split("\n");
  if (near.length === text.length && lines.length <= 2 * rows) return null;
  // The first line may be the end of one.
  const whole = near.length < text.length && lines.length > 1 ? lines.slice(1) : lines;
  return whole.slice(-2 * rows).join("\n");
}
