import { match } from "ts-pattern";
import type { Event, Evidence } from "../../protocol/index.ts";
import { retryText } from "../../view/index.ts";

/** One line of `exec --json`, without its line end. */
export type JsonLine = Record<string, unknown>;

/** What a run is printed with. */
interface JsonOptions {
  deltas: boolean;
  /** What really happened, once the turn has ended. */
  evidence: Evidence | null;
}

/**
 * The public lines of an event: names, fields and order of `codex exec --json`, and ours beside them. An event that is
 * nobody's business outside the thread gives none.
 */
export function jsonLines(event: Event, options: JsonOptions): JsonLine[] {
  // A switch: a pattern for each of twenty kinds of event, made anew for each event, would cost more than the lines.
  switch (event.type) {
    case "thread.started": {
      const { type, thread_id, schema_version } = event;
      return [{ type, thread_id, schema_version }];
    }
    case "turn.started":
      return [{ type: event.type }];
    case "turn.completed":
    case "turn.failed":
      return turnEnd(event, options.evidence === null ? {} : { evidence: options.evidence });
    case "item.started":
    case "item.updated":
    case "item.completed":
      return [{ type: event.type, item: event.item }];
    case "item.delta": {
      const { type, item_id, item_type, delta } = event;
      return options.deltas ? [{ type, item_id, item_type, delta }] : [];
    }
    case "history.replaced":
      return event.why === "compacted" ? [compacted(event)] : [];
    case "history.added":
    case "context.measured":
    case "settings.changed":
    // It was said in words.
    case "server.learned":
      return [];
    default:
      return rarer(event);
  }
}

type Of<T extends Event["type"]> = Extract<Event, { type: T }>;

function turnEnd(event: Of<"turn.completed" | "turn.failed">, evidence: { evidence?: Evidence }): JsonLine[] {
  const { type, usage, turn_usage, files } = event;
  const proof = { ...(files === undefined ? {} : { files }), ...evidence };
  if (event.type === "turn.completed") return [{ type, usage, turn_usage, ...proof }];
  const { message, kind } = event.error;
  return [
    { type: "error", message },
    { type, error: { message, kind }, usage, turn_usage, ...proof },
  ];
}

/** The name that readers of these lines have known from the start. */
function compacted({ tokens_before, tokens_after }: Of<"history.replaced">): JsonLine {
  return { type: "history.compacted", tokens_before, tokens_after };
}

type Rarer = Of<
  | "stream.retrying"
  | "stream.reset"
  | "error"
  | "approval.requested"
  | "approval.resolved"
  | "user_input.requested"
  | "user_input.resolved"
  | "sandbox.denied"
  | "budget"
  | "files.restored"
>;

function rarer(event: Rarer): JsonLine[] {
  return match(event)
    .returnType<JsonLine[]>()
    .with({ type: "stream.retrying" }, ({ type, attempt, max, delay_ms, error }) => [
      { type: "error", message: retryText(attempt, max, delay_ms, error) },
      { type, attempt, max, delay_ms, error: { kind: error.kind, message: error.message } },
    ])
    .with({ type: "stream.reset" }, ({ type, item_ids, usage }) => [{ type, item_ids, usage }])
    .with({ type: "error" }, ({ type, message }) => [{ type, message }])
    .with({ type: "approval.requested" }, ({ type, request }) => [{ type, request }])
    .with({ type: "approval.resolved" }, ({ type, call_id, decision }) => [{ type, call_id, decision }])
    .with({ type: "user_input.requested" }, ({ type, request }) => [{ type, request }])
    .with({ type: "user_input.resolved" }, ({ type, call_id, answer }) => [{ type, call_id, answer }])
    .with({ type: "sandbox.denied" }, ({ type, item_id, denial }) => [{ type, item_id, denial }])
    .with({ type: "files.restored" }, ({ seq: _seq, thread_id: _speaker, ...line }) => [line])
    .with({ type: "budget" }, ({ type, what, limit, used }) => [{ type, what, limit, used }])
    .exhaustive();
}

/** The lines of a child thread, marked as its own. How its turns begin and end is its parent's business. */
export function childLines(event: Event, options: Pick<JsonOptions, "deltas">): JsonLine[] {
  if (event.type.startsWith("thread.") || event.type.startsWith("turn.")) return [];
  return jsonLines(event, { ...options, evidence: null }).map((line) => ({ ...line, thread_id: event.thread_id }));
}
