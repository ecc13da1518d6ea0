import { match } from "ts-pattern";
import type { ApprovalRequest, Event, Failure, Item, TurnContext, Usage } from "../protocol/index.ts";

/** Where a thread stands. A status has only the fields that it can have. */
export type Status =
  | { type: "idle" }
  | { type: "working" }
  | { type: "waiting"; request: ApprovalRequest }
  | { type: "retrying"; attempt: number; max: number | null; delay_ms: number; error: Failure };

/** An item that is still growing. */
export type OpenItem =
  | { id: string; type: "agent_message" | "reasoning"; text: string }
  | { id: string; type: "item"; item: Item; output: string };

/** What a person should see of a thread. Finished items never change. */
export interface Transcript {
  thread_id: string | null;
  context: TurnContext | null;
  items: readonly Item[];
  open: readonly OpenItem[];
  status: Status;
  usage: Usage | null;
  /** How the last turn failed; null while one runs and after one that completed. */
  failure: Failure | null;
  /** The next `seq` that is expected: another one means that an event was lost. */
  next_seq: number;
}

export const emptyTranscript: Transcript = Object.freeze<Transcript>({
  thread_id: null,
  context: null,
  items: [],
  open: [],
  status: { type: "idle" },
  usage: null,
  failure: null,
  next_seq: 0,
});

/** Folds one event into the transcript. Pure: live events and a rollout that is read again give the same. */
export function reduce(before: Transcript, event: Event): Transcript {
  const state: Transcript = { ...before, next_seq: event.seq + 1 };
  return match(event)
    .returnType<Transcript>()
    .with({ type: "thread.started" }, ({ thread_id }) => ({ ...state, thread_id }))
    .with({ type: "turn.started" }, ({ context }) => ({
      ...state,
      context,
      failure: null,
      status: { type: "working" },
    }))
    .with({ type: "turn.completed" }, ({ usage }) => ({ ...state, usage, open: [], status: { type: "idle" } }))
    .with({ type: "turn.failed" }, ({ usage, error }) => ({ ...closed(state), usage, failure: error }))
    .with({ type: "item.started" }, { type: "item.updated" }, ({ item }) => ({
      ...state,
      open: opened(state.open, item),
    }))
    .with({ type: "item.completed" }, ({ item }) => ({
      ...state,
      items: [...state.items, item],
      open: state.open.filter(({ id }) => id !== item.id),
    }))
    .with({ type: "item.delta" }, ({ item_id, item_type, delta }) => ({
      ...state,
      status: { type: "working" },
      open: grown(state.open, item_id, item_type, delta),
    }))
    .with({ type: "approval.requested" }, ({ request }) => ({ ...state, status: { type: "waiting", request } }))
    .with({ type: "approval.resolved" }, () => ({ ...state, status: { type: "working" } }))
    .with({ type: "stream.retrying" }, ({ attempt, max, delay_ms, error }) => ({
      ...state,
      status: { type: "retrying", attempt, max, delay_ms, error },
    }))
    .with({ type: "stream.reset" }, ({ item_ids }) => ({
      ...state,
      open: state.open.filter(({ id }) => !item_ids.includes(id)),
    }))
    .with({ type: "error" }, { type: "sandbox.denied" }, () => state)
    .with({ type: "history.added" }, { type: "history.replaced" }, () => state)
    .with({ type: "settings.changed" }, ({ context }) => ({ ...state, context }))
    .with({ type: "context.measured" }, { type: "budget" }, () => state)
    .exhaustive();
}

function closed(state: Transcript): Transcript {
  return { ...state, open: [], status: { type: "idle" } };
}

function opened(open: readonly OpenItem[], item: Item): OpenItem[] {
  const rest = open.filter(({ id }) => id !== item.id);
  const old = open.find(({ id }) => id === item.id);
  return [...rest, { id: item.id, type: "item", item, output: old?.type === "item" ? old.output : "" }];
}

function grown(
  open: readonly OpenItem[],
  id: string,
  type: Extract<Event, { type: "item.delta" }>["item_type"],
  delta: string,
): OpenItem[] {
  const old = open.find((item) => item.id === id);
  if (!old) return type === "command_execution" ? [...open] : [...open, { id, type, text: delta }];
  const next: OpenItem =
    old.type === "item" ? { ...old, output: old.output + delta } : { ...old, text: old.text + delta };
  return open.map((item) => (item === old ? next : item));
}
