import { type SafeText, safe } from "../../term/index.ts";
import type { Block, Look, Views } from "../../view/index.ts";
import type { BlockLog } from "../past/block-log.ts";
import type { AppState, Pager } from "../state/state.ts";
import type { LineMemo } from "./memo.ts";

/** What the pager holds, as lines, and where the block that is chosen stands in them. */
export interface PagerText {
  lines: readonly SafeText[];
  chosen: { from: number; to: number } | null;
}

export function pagerTextOf(state: AppState, of: Pager["of"], views: Views, memo: LineMemo): PagerText {
  const { conversation, look } = state;
  const { log, transcript } = conversation;
  switch (of.type) {
    case "transcript":
      return { lines: wholeLines(log.since(of.from), look, views), chosen: null };
    case "blocks":
      return blockList(log, of.from, of.selected, look, memo);
    case "block": {
      const block = log.at(of.index);
      return { lines: block ? views.whole(block, look, null) : [], chosen: null };
    }
    case "plan":
      return { lines: views.plan(transcript.plan ?? [], look), chosen: null };
    case "text":
      return { lines: views.whole({ type: "note", lines: of.lines }, look, null), chosen: null };
  }
}

function wholeLines(blocks: Iterable<Block>, look: Look, views: Views): SafeText[] {
  const lines: SafeText[] = [];
  let above: Block | null = null;
  for (const block of blocks) {
    const own = views.whole(block, look, above);
    lines.push(...own);
    if (own.length > 0) above = block;
  }
  return lines;
}

/** Columns of the mark before each line. */
const MARK = 2;

/** Folded blocks, a mark before the one that is chosen. */
function blockList(log: BlockLog, from: number, selected: number, look: Look, memo: LineMemo): PagerText {
  const narrower = { ...look, columns: Math.max(1, look.columns - MARK) };
  const lines: SafeText[] = [];
  let chosen: PagerText["chosen"] = null;
  for (let index = from; index < log.end; index++) {
    const start = lines.length;
    const mark = index === selected ? safe`${look.theme.accent("▌")} ` : safe`  `;
    for (const line of memo.lines(log, index, narrower)) lines.push(safe`${mark}${line}`);
    if (index === selected) chosen = { from: start, to: lines.length };
  }
  return { lines, chosen };
}
