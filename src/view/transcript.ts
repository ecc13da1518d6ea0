import {
  type ApprovalRequest,
  type Decision,
  type Event,
  type EventBody,
  type Failure,
  type Item,
  isOfChild,
  promptText,
  type SandboxReport,
  type TodoList,
  type TurnContext,
  type Usage,
  type UserInputAnswer,
  type UserInputRequest,
} from "../protocol/index.ts";
import { GrowingList } from "./growing-list.ts";
import { declinedTexts, denialWords } from "./item-lines.ts";

/** Where a thread stands. A status has only the fields that it can have. */
export type Status =
  | { type: "idle" }
  | { type: "working" }
  | { type: "waiting"; request: ApprovalRequest }
  /** A question of the model's waits (`asked`). */
  | { type: "asked"; request: UserInputRequest }
  | { type: "retrying"; attempt: number; max: number | null; delay_ms: number; error: Failure };

/** An item that is still growing. */
export type OpenItem =
  | { id: string; type: "agent_message" | "reasoning"; text: string }
  | { id: string; type: "item"; item: Item; output: string };

type Body<T extends EventBody["type"]> = Extract<EventBody, { type: T }>;

/** One thing that a person should see of a thread. What is not an event's own form has one here. */
export type Entry =
  | { type: "user"; text: string }
  /** `denial`: what the sandbox refused it, in a sentence. `duration_ms`: how long it ran; absent: not known. */
  | { type: "item"; item: Item; denial: string | null; duration_ms?: number }
  /** Questions of the model with what the person said to them. */
  | { type: "answered"; questions: UserInputRequest["questions"]; answer: UserInputAnswer }
  | ({ seq: number } & (
      | Omit<Body<"history.replaced">, "history">
      | Body<"turn.started" | "turn.completed" | "turn.failed">
      | Body<"settings.changed" | "error" | "stream.retrying" | "stream.reset" | "budget" | "files.restored">
    ));

/** What a person should see of a thread. */
export interface Transcript {
  thread_id: string | null;
  /** The settings of the turn that runs, or of the next one. */
  context: TurnContext | null;
  /** What has happened, in order. An entry never changes. */
  entries: GrowingList<Entry>;
  open: readonly OpenItem[];
  /** What the sandbox refused to items that are still open, by their ids. */
  denials: ReadonlyMap<string, string>;
  status: Status;
  /** What the model asked and nobody has answered yet; null: nothing. */
  asked: UserInputRequest | null;
  /** The plan that was proposed in plan mode and waits for a person; null: none does. */
  proposed_plan: string | null;
  /** How full the context is; null: not known. */
  room: Omit<Body<"context.measured">, "type"> | null;
  /** The steps of the last plan; null: there was none. */
  plan: TodoList["items"] | null;
  usage: Usage | null;
  /** What its turns cost in US dollars, as far as they say; null: none does. */
  cost: number | null;
  /** What was enforced for the last command; null: none has run. */
  report: SandboxReport | null;
  /** How the last turn failed; null while one runs and after one that completed. */
  failure: Failure | null;
  /** The next `seq` that is expected: another one means that an event was lost. */
  next_seq: number;
  /** Threads that spoke through this one, by their ids. */
  children: ReadonlyMap<string, Transcript>;
}

export const emptyTranscript: Transcript = Object.freeze<Transcript>({
  thread_id: null,
  context: null,
  entries: GrowingList.of<Entry>(),
  open: [],
  denials: new Map(),
  status: { type: "idle" },
  asked: null,
  proposed_plan: null,
  room: null,
  plan: null,
  usage: null,
  cost: null,
  report: null,
  failure: null,
  next_seq: 0,
  children: new Map(),
});

/**
 * Folds one event into the transcript. Pure: live events and a rollout that is read again give the same. What an event costs does
 * not depend on how much there was before it. In a rollout of a newer version, events that this one does not know change nothing.
 */
export function reduce(before: Transcript, event: Event): Transcript {
  if (before.thread_id !== null && isOfChild(event, before.thread_id)) return withChild(before, event);
  const state = { ...before, next_seq: event.seq + 1 };
  // A switch: to make a pattern of each kind of event, for each event, costs more than the rest.
  switch (event.type) {
    case "item.delta":
      return { ...state, status: WORKING, open: grown(state.open, event) };
    case "thread.started":
      return { ...state, thread_id: event.thread_id };
    case "turn.started":
      return begun(state, event);
    case "turn.completed":
    case "turn.failed":
      return closed(state, event);
    case "item.started":
    case "item.updated":
      return { ...planned(state, event.item), open: opened(state.open, event.item) };
    case "item.completed":
      return completed(state, event);
    case "approval.requested":
      return { ...state, status: { type: "waiting", request: event.request } };
    case "approval.resolved":
      return { ...state, ...refusedAgain(state, event.decision), status: WORKING };
    case "user_input.requested":
      return { ...state, asked: event.request, status: { type: "asked", request: event.request } };
    case "user_input.resolved":
      return answered(state, event.answer);
    case "sandbox.denied":
      return { ...state, denials: new Map(state.denials).set(event.item_id, denialWords(event.denial)) };
    case "stream.retrying":
      return { ...shown(state, event), status: { ...event, type: "retrying" } };
    case "stream.reset":
      return { ...shown(state, event), open: state.open.filter(({ id }) => !event.item_ids.includes(id)) };
    case "error":
    case "budget":
    case "files.restored":
      return shown(state, event);
    case "settings.changed":
      return { ...shown(state, event), context: event.context };
    case "history.added":
      return said(state, promptText(event.item));
    case "history.replaced":
      return shown(state, withoutHistory(event));
    case "context.measured":
      return { ...state, room: { tokens: event.tokens, window: event.window, limit: event.limit } };
    // It was said in words.
    case "server.learned":
      return state;
    default:
      event satisfies never;
      return state;
  }
}

/** What a person should see after these events. */
export function transcriptOf(events: Iterable<Event>): Transcript {
  let transcript = emptyTranscript;
  for (const event of events) transcript = reduce(transcript, event);
  return transcript;
}

const WORKING: Status = { type: "working" };

function shown(state: Transcript, entry: Entry): Transcript {
  return { ...state, entries: state.entries.add(entry) };
}

function begun(state: Transcript, entry: Event & Body<"turn.started">): Transcript {
  const proposed_plan = entry.context.after_plan === undefined ? null : state.proposed_plan;
  return { ...shown(state, entry), context: entry.context, proposed_plan, failure: null, status: WORKING };
}

function answered(state: Transcript, answer: UserInputAnswer): Transcript {
  const entry: Entry = { type: "answered", questions: state.asked?.questions ?? [], answer };
  return { ...shown(state, entry), asked: null, status: WORKING };
}

const said = (state: Transcript, text: string | null) => (text === null ? state : shown(state, { type: "user", text }));

const withoutHistory = ({ history: _, ...entry }: Event & Body<"history.replaced">) => entry;

function planned(state: Transcript, item: Item): Transcript {
  if (item.type === "plan") return { ...state, proposed_plan: item.text };
  return item.type === "todo_list" ? { ...state, plan: item.items } : state;
}

function completed(state: Transcript, { item, duration_ms }: Body<"item.completed">): Transcript {
  const denial = state.denials.get(item.id) ?? null;
  const denials = new Map(state.denials);
  if (denial !== null) denials.delete(item.id);
  const { sandbox = state.report } = item.type === "command_execution" ? item : {};
  return {
    ...shown(planned(state, item), {
      type: "item",
      item,
      denial,
      ...(duration_ms === undefined ? {} : { duration_ms }),
    }),
    denials: denial === null ? state.denials : denials,
    report: sandbox,
    open: state.open.filter(({ id }) => id !== item.id),
  };
}

function closed(state: Transcript, end: Event & Body<"turn.completed" | "turn.failed">): Transcript {
  const failure = end.type === "turn.failed" ? end.error : null;
  const cost = end.cost_usd === undefined ? state.cost : (state.cost ?? 0) + end.cost_usd;
  return { ...shown(state, end), usage: end.usage, cost, failure, open: [], asked: null, status: { type: "idle" } };
}

/** A no to running a command once more with what the sandbox had refused it: who said it, and why, stands with the refusal. */
function refusedAgain({ status, denials }: Transcript, decision: Decision): Pick<Transcript, "denials"> {
  const asked = status.type === "waiting" ? status.request.denial : null;
  if (asked === null || (decision.type !== "denied" && decision.type !== "abort")) return { denials };
  const { by = "person" } = decision;
  const reason = decision.type === "denied" ? (decision.reason ?? null) : null;
  const said = `Not opened: declined ${declinedTexts({ by, reason })[0]}`;
  const words = denialWords(asked);
  return { denials: new Map([...denials].map(([id, text]) => [id, text === words ? `${words}\n${said}` : text])) };
}

function withChild(state: Transcript, event: Event): Transcript {
  const { thread_id = "" } = event;
  const before = state.children.get(thread_id) ?? { ...emptyTranscript, thread_id };
  return { ...state, children: new Map(state.children).set(thread_id, reduce(before, event)) };
}

function opened(open: readonly OpenItem[], item: Item): OpenItem[] {
  const rest = open.filter(({ id }) => id !== item.id);
  const old = open.find(({ id }) => id === item.id);
  return [...rest, { id: item.id, type: "item", item, output: old?.type === "item" ? old.output : "" }];
}

/** Characters of a running command's output that are kept to look at: more than the last lines of the widest screen. */
const RUNNING_OUTPUT = 32 * 1024;

/** The end of what a command printed. Cut now and then only: a flood comes in many pieces. */
const lastOf = (output: string) => (output.length > 2 * RUNNING_OUTPUT ? output.slice(-RUNNING_OUTPUT) : output);

function grown(open: readonly OpenItem[], { item_id, item_type, delta }: Body<"item.delta">): readonly OpenItem[] {
  const old = open.find(({ id }) => id === item_id);
  if (!old) return item_type === "command_execution" ? open : [...open, { id: item_id, type: item_type, text: delta }];
  const next: OpenItem =
    old.type === "item" ? { ...old, output: lastOf(old.output + delta) } : { ...old, text: old.text + delta };
  return open.length === 1 ? [next] : open.map((item) => (item === old ? next : item));
}
