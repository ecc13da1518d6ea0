import type { Block } from "../../view/index.ts";
import type { AppConversation } from "./state.ts";

/** Adds blocks; the greeting goes before the first of them, as it is then. */
export function withBlocks(conversation: AppConversation, blocks: readonly Block[]): AppConversation {
  if (blocks.length === 0) return conversation;
  let { log, start } = conversation;
  if (start !== null) log = log.add({ type: "start", facts: start });
  for (const block of blocks) log = log.add(block);
  return { ...conversation, log, start: null };
}
