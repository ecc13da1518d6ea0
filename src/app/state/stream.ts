import type { Event } from "../../protocol/index.ts";
import type { Block } from "../../view/index.ts";
import type { Kit } from "../kit.ts";
import { withBlocks } from "./blocks.ts";
import type { AppConversation, Stream } from "./state.ts";

/** More text of an answer: its blocks that are finished, and what may still grow. Line by line, so that the blocks are the same whatever the pieces are. */
export function grown(stream: Stream, delta: string, { views }: Kit): { stream: Stream; blocks: Block[] } {
  const blocks: Block[] = [];
  let { committed, split } = stream;
  for (const piece of delta.split(/(?<=\n)/)) {
    split = views.splitMore(split, piece);
    if (split.done === "") continue;
    blocks.push({ type: "prose", text: split.done, first: committed === 0 });
    committed += split.done.length;
  }
  return { stream: { committed, split }, blocks };
}

/** What of a whole answer is not in the log yet. An answer that is not what was streamed is given whole: nothing of it may be missing. */
export function remainder(text: string, stream: Stream | undefined): Block[] {
  const streamed = stream?.split.rest ?? "";
  const continues =
    stream !== undefined && text.endsWith(streamed) && text.length === stream.committed + streamed.length;
  const rest = continues ? streamed : text;
  if (rest.trim() === "") return [];
  return [{ type: "prose", text: rest, first: !continues || stream.committed === 0 }];
}

/** Takes a delta of an answer. */
export function streamed(conversation: AppConversation, event: Event, kit: Kit): AppConversation {
  if (event.type !== "item.delta" || event.item_type !== "agent_message") return conversation;
  const known = conversation.streams.get(event.item_id);
  const next = known === undefined ? thoughtBefore(conversation, kit) : conversation;
  const { stream, blocks } = grown(known ?? { committed: 0, split: kit.views.emptySplit }, event.delta, kit);
  return { ...withBlocks(next, blocks), streams: new Map(next.streams).set(event.item_id, stream) };
}

/** An answer begins: what was thought before it is told before it, also where it is completed with the whole response only. */
function thoughtBefore(conversation: AppConversation, { views }: Kit): AppConversation {
  const streams = new Map(conversation.streams);
  const blocks: Block[] = [];
  for (const item of conversation.transcript.open) {
    if (item.type !== "reasoning" || item.text.trim() === "" || streams.has(item.id)) continue;
    blocks.push({ type: "reasoning", text: item.text });
    streams.set(item.id, { committed: item.text.length, split: views.emptySplit });
  }
  return blocks.length === 0 ? conversation : { ...withBlocks(conversation, blocks), streams };
}
