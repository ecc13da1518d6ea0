import { BYTES_PER_TOKEN } from "../../base/index.ts";
import { type Event, isOfChild } from "../../protocol/index.ts";
import type { AppConversation, TurnClock } from "./state.ts";

/** Tokens per second are those of the last seconds; less would jump. */
const WINDOW_MS = 2000;

/** What the event says of time: when the turn and its items began, how fast text comes. */
export function clocked(conversation: AppConversation, event: Event, now: number): AppConversation {
  if (isOfChild(event, conversation.thread_id)) return conversation;
  const { turn, begun } = conversation;
  switch (event.type) {
    case "item.delta":
      // What a command prints is nothing that the model says.
      return turn === null || event.item_type === "command_execution"
        ? conversation
        : { ...conversation, turn: counted(turn, event.delta, now) };
    case "turn.started":
      return { ...conversation, turn: newClock(now), busy: true };
    case "item.started":
      return { ...conversation, begun: new Map(begun).set(event.item.id, now) };
    case "stream.retrying":
      return turn === null ? conversation : { ...conversation, turn: { ...turn, retry_at: now + event.delay_ms } };
    case "turn.completed":
    case "turn.failed":
      return { ...conversation, turn: null, begun: new Map(), stopping: false, busy: waitsNow(conversation) };
    default:
      return conversation;
  }
}

/** What was told too late for its turn begins the next one by itself. */
const waitsNow = ({ waiting }: AppConversation) => waiting.some(({ when }) => when === "now");

const newClock = (now: number): TurnClock => ({
  since: now,
  tokens: 0,
  recent: { since: now, tokens: 0 },
  per_second: null,
  retry_at: null,
});

function counted(turn: TurnClock, delta: string, now: number): TurnClock {
  const more = delta.length / BYTES_PER_TOKEN;
  const recent = { since: turn.recent.since, tokens: turn.recent.tokens + more };
  const passed = now - recent.since;
  const next = { ...turn, tokens: turn.tokens + more, recent, retry_at: null };
  if (passed < WINDOW_MS) return next;
  return { ...next, recent: { since: now, tokens: 0 }, per_second: (recent.tokens * 1000) / passed };
}

/** The working line moves at most so often, in ms. */
export const MOVES_MS = 250;

/** The time that is shown: the last step of the working line, so that a delta that comes between two moves nothing. */
export function shownNow(since: number, now: number): number {
  return since + Math.floor((now - since) / MOVES_MS) * MOVES_MS;
}
