import { type Event, isOfChild, promptText } from "../../protocol/index.ts";
import { emptyTranscript, GrowingList, reduceTranscript } from "../../view/index.ts";
import type { Kit } from "../kit.ts";
import { clocked } from "./clock.ts";
import { giveBack } from "./give-back.ts";
import type { OpenedThread } from "./input.ts";
import { logged } from "./log.ts";
import { askedPlan } from "./plan.ts";
import { withQuestions } from "./questions.ts";
import type { AppConversation, AppState, Step } from "./state.ts";
import { step, then, withConversation } from "./step.ts";
import { streamed } from "./stream.ts";
import { sendNext } from "./waiting.ts";

/** Takes an event of the thread. What it costs does not depend on how long the thread is. */
export function takeEvent(state: AppState, event: Event, kit: Kit): Step {
  const conversation = folded(state.conversation, event, state.now, kit);
  const next = withQuestions({ ...state, conversation }, event);
  if (isOfChild(event, conversation.thread_id)) return step(next);
  if (event.type === "history.added") return step(heard(next, event));
  if (event.type === "turn.completed") return then(step(askedPlan(next)), sendNext);
  if (event.type === "turn.failed") return step(giveBack(next, "after"));
  return step(next);
}

/** The conversation after an event. `now`: null for what happened before the app looked. */
function folded(before: AppConversation, event: Event, now: number | null, kit: Kit): AppConversation {
  const transcript = reduceTranscript(before.transcript, event);
  const told = event.type === "turn.started" || event.type === "settings.changed";
  const context = told && !isOfChild(event, before.thread_id) ? event.context : before.context;
  const wanted = context === before.context ? before.wanted : null;
  const next = streamed({ ...before, transcript, context, wanted }, event, kit);
  if (now === null) return logged(next, before.transcript, null);
  // The end of a turn is told with how long it took.
  const ends = event.type === "turn.completed" || event.type === "turn.failed";
  if (ends) return clocked(logged(next, before.transcript, now), event, now);
  return logged(clocked(next, event, now), before.transcript, now);
}

/** What was said while the turn ran has reached the model. */
function heard(state: AppState, { item }: Extract<Event, { type: "history.added" }>): AppState {
  const text = promptText(item);
  const { waiting } = state.conversation;
  const at = waiting.findIndex((one) => one.when === "now" && one.text === text);
  return at === -1 ? state : withConversation(state, { waiting: waiting.toSpliced(at, 1) });
}

/** The conversation with a thread that was opened. */
export function conversationOf(opened: OpenedThread, number: number, kit: Kit): AppConversation {
  const { thread_id, context, start } = opened;
  let conversation: AppConversation = {
    number,
    thread_id,
    context,
    transcript: emptyTranscript,
    log: GrowingList.of(),
    streams: new Map(),
    begun: new Map(),
    turn: null,
    waiting: [],
    wanted: null,
    start,
    branch: start.branch,
    weak: opened.weak,
    network: opened.network,
    report: null,
    stopping: false,
    side: null,
    busy: opened.busy,
  };
  for (const event of opened.past) conversation = folded(conversation, event, null, kit);
  return { ...conversation, context };
}
