import { match } from "ts-pattern";
import type { Event } from "../protocol/index.ts";

/** What must be on disk at once (`sync`), what is kept, and what a resumed thread can do without. */
export type Keeping = "sync" | "keep" | "drop";

/** One exhaustive match, so that a new event cannot be forgotten here. */
export function keeping(event: Event): Keeping {
  return (
    match(event)
      .returnType<Keeping>()
      .with({ type: "thread.started" }, () => "keep")
      .with({ type: "turn.started" }, { type: "item.completed" }, { type: "history.added" }, () => "keep")
      .with({ type: "history.replaced" }, { type: "turn.completed" }, { type: "turn.failed" }, () => "sync")
      .with({ type: "approval.requested" }, { type: "approval.resolved" }, () => "sync")
      .with({ type: "sandbox.denied" }, () => "keep")
      // A plan completes with its turn only: without its updates, a killed turn would lose it.
      .with({ type: "item.started", item: { type: "todo_list" } }, () => "keep")
      .with({ type: "item.updated", item: { type: "todo_list" } }, () => "keep")
      .with({ type: "item.started" }, { type: "item.updated" }, { type: "item.delta" }, () => "drop")
      // A turn says what it ran under; a change that no turn had is none of the thread.
      .with({ type: "settings.changed" }, { type: "context.measured" }, { type: "budget" }, () => "drop")
      .with({ type: "error" }, { type: "stream.retrying" }, { type: "stream.reset" }, () => "drop")
      .exhaustive()
  );
}
