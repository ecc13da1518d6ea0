import { SafeText } from "../../term/index.ts";
import type { Block, OpenItem, Views } from "../../view/index.ts";
import { shownNow } from "../state/clock.ts";
import type { AppState } from "../state/state.ts";
import { besideText } from "./moat-text.ts";

/** What still changes of the conversation: the greeting before anything was said, and what is growing. */
export function liveLines(state: AppState, views: Views): readonly SafeText[] {
  const { conversation, look, now } = state;
  const { start, log, begun, turn, side } = conversation;
  const greeting: Block | null = start === null ? null : { type: "start", facts: start };
  const items = openItems(state);
  const greets = greeting === null ? [] : views.block(greeting, look, null);
  const beside = side === null ? [] : sideLines(side, state, views);
  if (items.length === 0) return [...greets, ...beside];
  const since = (id: string) => begun.get(id) ?? turn?.since ?? now;
  const elapsed = (id: string) => Math.max(0, shownNow(since(id), now) - since(id));
  return [...greets, ...views.open(items, look, elapsed, greeting ?? log.last() ?? null), ...beside];
}

/** The answer to a question beside the thread: as it comes, and until it is put away. */
function sideLines(side: NonNullable<AppState["conversation"]["side"]>, { look }: AppState, views: Views): SafeText[] {
  if (look.words) return [];
  const { dim } = look.theme;
  const note = (text: string) => views.block({ type: "note", lines: [dim(text)] }, look, null);
  const end = side.done ? note("Esc puts it away · Ctrl-O opens it whole") : [];
  const item: OpenItem = { id: "side", type: "agent_message", text: side.text };
  return [SafeText.of(""), ...note(besideText(side.question)), ...views.open([item], look, () => 0, null), ...end];
}

/** Of an answer, and of what was thought before it, only what is not in the log yet. */
function openItems({ conversation }: AppState): OpenItem[] {
  return conversation.transcript.open.flatMap((item) => {
    const stream = conversation.streams.get(item.id);
    if (stream === undefined || item.type === "item") return [item];
    return item.type === "reasoning" ? [] : [{ ...item, text: stream.split.rest }];
  });
}
