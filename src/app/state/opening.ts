import { type Block, reduceTranscript } from "../../view/index.ts";
import type { Past } from "../past/past.ts";
import type { Drawer } from "../picture/drawer.ts";
import type { AppEffect } from "./effect.ts";
import { foldedEvent, newConversation } from "./events.ts";
import { giveBack } from "./give-back.ts";
import type { OpenedThread, ShownThread } from "./input.ts";
import { askedPlan } from "./plan.ts";
import type { AppConversation, AppState, Step } from "./state.ts";
import { step, then } from "./step.ts";
import { sendNext } from "./waiting.ts";

/** Shows a stored thread that is being opened. What was typed for it waits. */
export function showThread(state: AppState, shown: ShownThread): AppState {
  const { conversation } = state;
  const next = newConversation(conversation.number + 1, shown);
  return entered(
    { ...state, before: { ...conversation, waiting: [] } },
    { ...next, waiting: conversation.waiting },
    shown.cwd,
  );
}

/** Goes on with a thread: nothing of the one before is left but what is written. A new one gets what was changed by hand. */
export function withOpened(state: AppState, thread: OpenedThread, { kit }: Drawer): Step {
  const { first_op, opens_new } = state;
  const { conversation: old } = state;
  const { cwd } = thread.context;
  const shown = { thread_id: null, cwd, past: null, start: thread.start };
  const known = old.opening ? old : { ...newConversation(old.number + 1, shown), waiting: old.waiting };
  const conversation = thread.late.reduce(
    (so_far, event) => foldedEvent(so_far, event, null, kit),
    withThread(known, thread),
  );
  const changed = opens_new ? state.changed : {};
  const busy = thread.busy || first_op !== null;
  const next = entered(state, { ...conversation, context: thread.context, busy }, cwd);
  const ops: AppEffect[] = [
    ...(Object.keys(changed).length === 0 ? [] : [{ type: "settings", changes: changed } as const]),
    ...(first_op === null ? [] : [first_op]),
  ].map((op) => ({ type: "submit", op }));
  const opened = { ...next, changed, opening: false, before: null, opens_new: false, first_op: null };
  // The branch was asked for when the app began.
  const branch: AppEffect[] = old.opening && state.before === null ? [] : [{ type: "read branch" }];
  return then(step(askedPlan(opened), ...branch, ...ops), (after) =>
    after.conversation.busy || after.questions.length > 0 ? step(after) : sendNext(after),
  );
}

function withThread(known: AppConversation, thread: OpenedThread): AppConversation {
  const { thread_id, start, weak, network, prompt_files, price, late } = thread;
  const { past, since, branch } = known;
  const greets = { ...start, branch: branch ?? start.branch };
  const open = { ...known, opening: false, thread_id, weak, network, prompt_files, price, branch: greets.branch };
  if (past === null || past.length === 0) return { ...open, start: greets };
  const next: AppConversation = {
    ...open,
    since: since === null ? null : late,
    greeting: { type: "start", facts: greets },
  };
  return past.whole ? withWhole(next, past) : next;
}

/** The thread cannot be had: back to the one before, with what was typed meanwhile. */
export function notOpened(state: AppState): AppState {
  const given = giveBack(state, "all");
  const next = { ...given, opening: false, before: null, first_op: null, opens_new: false };
  return state.before === null ? next : entered(next, state.before, state.before.context.cwd);
}

/** Another conversation is on the screen. */
function entered(state: AppState, conversation: AppConversation, directory: string): AppState {
  const same = conversation.number === state.conversation.number;
  return {
    ...state,
    conversation,
    look: { ...state.look, directory },
    questions: state.questions.filter(({ kind, id }) => kind === "choice" && !id.startsWith("plan ")),
    pager: same ? state.pager : null,
    anchor: same ? state.anchor : null,
    rising: same && state.rising,
  };
}

/** All of the past is known: what comes behind it stays as it is. */
export function withPast(state: AppState, past: Past): AppState {
  const before = state.conversation;
  const plan = before.transcript.proposed_plan;
  const next = { ...state, conversation: withWhole(before, past) };
  return plan === null && next.questions.length === 0 ? askedPlan(next) : next;
}

function withWhole(conversation: AppConversation, past: Past): AppConversation {
  const { log, since, greeting, transcript } = conversation;
  return {
    ...conversation,
    past,
    log: log.behind(greeting === null ? past : greeted(past, greeting)),
    transcript: since === null ? transcript : since.reduce(reduceTranscript, past.transcript),
    since: null,
    greeting: null,
  };
}

/** A past with the greeting before it. */
function greeted(past: Past, greeting: Block): Pick<Past, "at" | "length"> {
  const length = past.length + 1;
  return { length, at: (number) => (number === -length ? greeting : past.at(number)) };
}
