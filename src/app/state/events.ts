import { type Event, isOfChild, promptText, type TurnContext } from "../../protocol/index.ts";
import { emptyTranscript, reduceTranscript } from "../../view/index.ts";
import type { Kit } from "../kit.ts";
import { BlockLog } from "../past/block-log.ts";
import { clocked } from "./clock.ts";
import { giveBack } from "./give-back.ts";
import type { ShownThread } from "./input.ts";
import { logged } from "./log.ts";
import { askedPlan } from "./plan.ts";
import { withQuestions } from "./questions.ts";
import type { AppConversation, AppState, Step } from "./state.ts";
import { step, then, withConversation } from "./step.ts";
import { streamed } from "./stream.ts";
import { sendNext } from "./waiting.ts";

/** Takes an event of the thread. What it costs does not depend on how long the thread is. */
export function takeEvent(state: AppState, event: Event, kit: Kit): Step {
  const conversation = noted(foldedEvent(state.conversation, event, state.now, kit), event);
  const next = withQuestions({ ...state, conversation }, event);
  if (isOfChild(event, conversation.thread_id)) return step(next);
  if (event.type === "history.added") return step(heard(next, event));
  if (event.type === "turn.completed") return then(step(askedPlan(next)), sendNext);
  if (event.type === "turn.failed") return step(giveBack(next, "after"));
  return step(next);
}

/** Until another thread is open, one may have to go back to this one: what it says is not lost. */
export function heardBefore(state: AppState, thread: number, event: Event, kit: Kit): AppState {
  const { before } = state;
  if (before?.number !== thread) return state;
  return { ...state, before: noted(foldedEvent(before, event, state.now, kit), event) };
}

/** While not all of the past is known, what follows it is kept to be put behind it. */
function noted(conversation: AppConversation, event: Event): AppConversation {
  const { since } = conversation;
  return since === null ? conversation : { ...conversation, since: [...since, event] };
}

/** The conversation after an event. `now`: null for what happened before the app looked. */
export function foldedEvent(before: AppConversation, event: Event, now: number | null, kit: Kit): AppConversation {
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

/** A conversation before anything is said in it. `shown`: what is known of its thread; null: nothing. */
export function newConversation(number: number, shown: ShownThread | null): AppConversation {
  const { thread_id, cwd, past, start } = shown ?? NOTHING;
  return {
    number,
    opening: true,
    thread_id: thread_id ?? "",
    context: { ...UNKNOWN, cwd },
    transcript: past?.transcript ?? emptyTranscript,
    log: past === null ? BlockLog.empty : BlockLog.empty.behind(past),
    past,
    since: past === null || past.whole ? null : [],
    streams: new Map(),
    begun: new Map(),
    turn: null,
    waiting: [],
    wanted: null,
    start: past === null || past.length === 0 ? start : null,
    greeting: null,
    branch: null,
    weak: false,
    network: false,
    prompt_files: new Set(),
    report: null,
    price: null,
    stopping: false,
    side: null,
    busy: false,
  };
}

const NOTHING = { thread_id: null, cwd: "", past: null, start: null };

/** Settings that nobody sees: a conversation has those of its thread once that is open. */
const UNKNOWN: Omit<TurnContext, "cwd"> = {
  model: "",
  model_provider: "",
  effort: null,
  approval_policy: "on-request",
  sandbox_mode: "read-only",
};
