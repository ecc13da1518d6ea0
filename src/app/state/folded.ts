import type { Block } from "../../view/index.ts";
import type { BlockLog } from "../past/block-log.ts";

/** Blocks from the end that are looked at: whoever wants an older one opens the transcript. */
const LOOKED_AT = 1000;

/** Whether there is more to a block than its lines show. */
function isFolded(block: Block): boolean {
  if (block.type === "reasoning") return true;
  if (block.type !== "entry" || block.entry.type !== "item") return false;
  const { type } = block.entry.item;
  return type === "command_execution" || type === "file_change" || type === "mcp_tool_call";
}

/** The last block that is folded; null: none near the end is. */
export function lastFolded(log: BlockLog): number | null {
  const least = Math.max(log.first, log.end - LOOKED_AT);
  for (let index = log.end - 1; index >= least; index--) {
    const block = log.at(index);
    if (block && isFolded(block)) return index;
  }
  return null;
}
