import type { Event } from "../protocol/index.ts";

/** What must be on disk at once (`sync`), what is kept, and what a resumed thread can do without. */
export type Keeping = "sync" | "keep" | "drop";

/** A table of every event: it is looked at for each of them, and a new one cannot be forgotten. */
const KEEPING: Record<Event["type"], Keeping> = {
  "thread.started": "keep",
  "turn.started": "keep",
  "item.completed": "keep",
  "history.added": "keep",
  "sandbox.denied": "keep",
  "server.learned": "keep",
  "history.replaced": "sync",
  "files.restored": "sync",
  "turn.completed": "sync",
  "turn.failed": "sync",
  "approval.requested": "sync",
  "approval.resolved": "sync",
  "user_input.requested": "sync",
  "user_input.resolved": "sync",
  "item.started": "drop",
  "item.updated": "drop",
  "item.delta": "drop",
  // A turn says what it ran under; a change that no turn had is none of the thread.
  "settings.changed": "drop",
  "context.measured": "drop",
  budget: "drop",
  error: "drop",
  "stream.retrying": "drop",
  "stream.reset": "drop",
};

/** @param planned the thread is in plan mode so far; null: not known */
export function keeping(event: Event, planned: boolean | null): Keeping {
  // Who was in plan mode, or has left it, is where they were, also when no turn came after that.
  if (event.type === "settings.changed") return planned === plannedAfter(event, planned) ? "drop" : "sync";
  // A plan completes with its turn only: without its updates, a killed turn would lose it.
  const shows = event.type === "item.started" || event.type === "item.updated";
  return shows && event.item.type === "todo_list" ? "keep" : KEEPING[event.type];
}

/** Whether the thread is in plan mode after an event. */
export function plannedAfter(event: Event, before: boolean | null): boolean | null {
  if (event.type !== "settings.changed" && event.type !== "turn.started") return before;
  return event.context.after_plan !== undefined;
}
