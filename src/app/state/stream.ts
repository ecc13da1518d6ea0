import type { Event } from "../../protocol/index.ts";
import type { Block } from "../../view/index.ts";
import type { Kit } from "../kit.ts";
import type { Conversation, Stream } from "./state.ts";

export const NEW_STREAM: Stream = Object.freeze({ committed: 0, rest: "" });

/** More text of an answer: its blocks that are finished, one by one, and what may still grow. */
export function grown(stream: Stream, delta: string, kit: Kit): { stream: Stream; blocks: Block[] } {
  const blocks: Block[] = [];
  let { committed, rest } = { committed: stream.committed, rest: stream.rest + delta };
  // A block ends with a line.
  let open = delta.includes("\n");
  while (open) {
    const { done } = kit.views.splitMarkdown(rest);
    open = done !== "";
    if (!open) break;
    blocks.push({ type: "prose", text: done, first: committed === 0 });
    committed += done.length;
    rest = rest.slice(done.length);
  }
  return { stream: { committed, rest }, blocks };
}

/** What of a whole answer is not in the log yet. An answer that is not what was streamed is given whole: nothing of it may be missing. */
export function remainder(text: string, stream: Stream | undefined): Block[] {
  const continues =
    stream !== undefined && text.endsWith(stream.rest) && text.length === stream.committed + stream.rest.length;
  const rest = continues ? stream.rest : text;
  if (rest.trim() === "") return [];
  return [{ type: "prose", text: rest, first: !continues || stream.committed === 0 }];
}

/** Takes a delta of an answer. */
export function streamed(conversation: Conversation, event: Event, kit: Kit): Conversation {
  if (event.type !== "item.delta" || event.item_type !== "agent_message") return conversation;
  const before = conversation.streams.get(event.item_id) ?? NEW_STREAM;
  const { stream, blocks } = grown(before, event.delta, kit);
  let { log } = conversation;
  for (const block of blocks) log = log.add(block);
  return { ...conversation, log, streams: new Map(conversation.streams).set(event.item_id, stream) };
}
