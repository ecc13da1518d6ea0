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
  const proof = options.evidence === null ? {} : { evidence: options.evidence };
  return (
    match(event)
      .returnType<JsonLine[]>()
      .with({ type: "thread.started" }, ({ type, thread_id, schema_version }) => [{ type, thread_id, schema_version }])
      .with({ type: "turn.started" }, ({ type }) => [{ type }])
      .with({ type: "turn.completed" }, ({ type, usage, turn_usage }) => [{ type, usage, turn_usage, ...proof }])
      .with({ type: "turn.failed" }, ({ type, error, usage, turn_usage }) => [
        { type: "error", message: error.message },
        { type, error: { message: error.message, kind: error.kind }, usage, turn_usage, ...proof },
      ])
      .with({ type: "item.started" }, { type: "item.updated" }, { type: "item.completed" }, ({ type, item }) => [
        { type, item },
      ])
      .with({ type: "item.delta" }, ({ type, item_id, item_type, delta }) =>
        options.deltas ? [{ type, item_id, item_type, delta }] : [],
      )
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
      .with({ type: "budget" }, ({ type, what, limit, used }) => [{ type, what, limit, used }])
      // The name that readers of these lines have known from the start.
      .with({ type: "history.replaced", why: "compacted" }, ({ tokens_before, tokens_after }) => [
        { type: "history.compacted", tokens_before, tokens_after },
      ])
      .with({ type: "history.replaced", why: "rewound" }, () => [])
      .with({ type: "history.added" }, { type: "context.measured" }, { type: "settings.changed" }, () => [])
      .exhaustive()
  );
}

/** The lines of a child thread, marked as its own. How its turns begin and end is its parent's business. */
export function childLines(event: Event, options: Pick<JsonOptions, "deltas">): JsonLine[] {
  if (event.type.startsWith("thread.") || event.type.startsWith("turn.")) return [];
  return jsonLines(event, { ...options, evidence: null }).map((line) => ({ ...line, thread_id: event.thread_id }));
}
