import type { SafeText } from "../../term/index.ts";
import type { Block, OpenItem, Views } from "../../view/index.ts";
import { shownNow } from "../state/clock.ts";
import type { AppState } from "../state/state.ts";

/** What still changes of the conversation: the greeting before anything was said, and what is growing. */
export function liveLines(state: AppState, views: Views): readonly SafeText[] {
  const { conversation, look, now } = state;
  const { start, log, begun, turn, side } = conversation;
  const greeting: Block | null = start === null ? null : { type: "start", facts: start };
  const sides: OpenItem[] = side === null ? [] : [{ id: "side", type: "agent_message", text: side.text }];
  const items = [...openItems(state), ...sides];
  const greets = greeting === null ? [] : views.block(greeting, look, null);
  if (items.length === 0) return greets;
  const since = (id: string) => begun.get(id) ?? turn?.since ?? now;
  const elapsed = (id: string) => Math.max(0, shownNow(since(id), now) - since(id));
  return [...greets, ...views.open(items, look, elapsed, greeting ?? log.last() ?? null)];
}

/** Of an answer, and of what was thought before it, only what is not in the log yet. */
function openItems({ conversation }: AppState): OpenItem[] {
  return conversation.transcript.open.flatMap((item) => {
    const stream = conversation.streams.get(item.id);
    if (stream === undefined || item.type === "item") return [item];
    return item.type === "reasoning" ? [] : [{ ...item, text: stream.split.rest }];
  });
}
