import type { SessionUpdate } from "@agentclientprotocol/sdk";
import { match } from "ts-pattern";
import { type Event, type EventBody, type Failure, type Item, promptText } from "../../protocol/index.ts";
import { visible } from "../../term/index.ts";
import { restoredLines } from "../../view/index.ts";
import { Calls } from "./calls.ts";
import type { ClientSupport } from "./support.ts";
import { isCallItem } from "./tool-calls.ts";

/** Where events come from: a thread as it runs, a stored one that is shown again, or a child, of which only the calls are shown. */
export type Telling = "live" | "past" | "child";

const chunk = (
  sessionUpdate: "agent_message_chunk" | "agent_thought_chunk" | "user_message_chunk",
  text: string,
  messageId: string,
): SessionUpdate => ({ sessionUpdate, content: { type: "text", text }, messageId });

/** Something that the person should know and that the model did not say. */
export function notice(
  support: ClientSupport,
  severity: "info" | "warning" | "error",
  title: string,
  messageId: string,
): SessionUpdate {
  if (support.notices) return { sessionUpdate: "notice", severity, title };
  return chunk("agent_message_chunk", `moat: ${title}\n\n`, messageId);
}

/** Turns the events of one thread into what an editor shows. Keeps what was streamed already, and what things cost. */
export class Updates {
  readonly calls: Calls;
  readonly #support: ClientSupport;
  telling: Telling;
  /** Texts that were streamed, by the ids of their items. */
  readonly #streamed = new Set<string>();
  /** Id of the compaction that was asked for and is not done. */
  #compacting: string | null = null;
  #cost: number | null = null;
  #room: { used: number; size: number } | null = null;

  /** @param cwd where the thread works */
  constructor(support: ClientSupport, telling: Telling, { thread_id, cwd }: { thread_id: string; cwd: string }) {
    this.#support = support;
    this.telling = telling;
    this.calls = new Calls(support, telling === "child" ? `${thread_id}:` : "", cwd);
  }

  /** What an event shows. */
  of(event: Event): SessionUpdate[] {
    if (this.telling === "child" && !isCallEvent(event)) return [];
    return match(event)
      .returnType<SessionUpdate[]>()
      .with({ type: "item.delta" }, (delta) => this.#delta(delta))
      .with({ type: "item.started" }, { type: "item.updated" }, ({ item }) => this.#shown(item))
      .with({ type: "item.completed" }, ({ item }) => this.#completed(item))
      .with({ type: "sandbox.denied" }, ({ item_id, denial }) => this.calls.denied(item_id, denial.explanation))
      .with({ type: "context.measured" }, ({ tokens, window }) => this.#measured(tokens, window))
      .with({ type: "turn.completed" }, { type: "turn.failed" }, (end) => [
        ...this.calls.endOfTurn(),
        ...this.#uncompacted(end),
        ...this.#spent(end.cost_usd),
      ])
      .with({ type: "history.added" }, ({ seq, item }) => {
        const text = this.telling === "past" ? promptText(item) : null;
        return text === null ? [] : [chunk("user_message_chunk", text, `user_${seq}`)];
      })
      .with({ type: "history.replaced" }, (replaced) => this.#replaced(replaced))
      .with({ type: "files.restored" }, (files) =>
        this.#note("info", restoredLines(files).map(visible).join("\n"), files.seq),
      )
      .with({ type: "error" }, ({ seq, message }) => this.#note("warning", message, seq))
      .with({ type: "stream.reset" }, ({ seq, item_ids }) => {
        for (const id of item_ids) this.#streamed.delete(id);
        return item_ids.length === 0 ? [] : this.#note("info", "the answer was cut off; it begins again", seq);
      })
      .with({ type: "stream.retrying" }, ({ seq, attempt, error }) =>
        this.#support.notices ? this.#note("warning", `${retryReason(error)}; attempt ${attempt} follows`, seq) : [],
      )
      .with({ type: "budget" }, ({ seq, what, limit }) =>
        this.#note("warning", `the limit of ${what} is ${limit}`, seq),
      )
      .with(
        { type: "thread.started" },
        { type: "turn.started" },
        { type: "settings.changed" },
        { type: "server.learned" },
        { type: "approval.requested" },
        { type: "approval.resolved" },
        { type: "user_input.requested" },
        { type: "user_input.resolved" },
        () => [],
      )
      .exhaustive(() => []);
  }

  #note(severity: "info" | "warning", text: string, seq: number): SessionUpdate[] {
    return this.telling === "past" ? [] : [notice(this.#support, severity, text, `notice_${seq}`)];
  }

  #delta({ item_id, item_type, delta }: Extract<EventBody, { type: "item.delta" }>): SessionUpdate[] {
    if (item_type === "command_execution") return this.calls.printed(item_id, delta);
    this.#streamed.add(item_id);
    return [chunk(item_type === "reasoning" ? "agent_thought_chunk" : "agent_message_chunk", delta, item_id)];
  }

  #shown(item: Item): SessionUpdate[] {
    if (isCallItem(item)) return this.calls.shown(item);
    return item.type === "todo_list" ? [plan(item.items)] : [];
  }

  #completed(item: Item): SessionUpdate[] {
    if (isCallItem(item)) return this.calls.completed(item);
    switch (item.type) {
      case "agent_message":
      case "reasoning":
        // What was streamed stands there already.
        if (this.#streamed.delete(item.id)) return [];
        return [chunk(item.type === "reasoning" ? "agent_thought_chunk" : "agent_message_chunk", item.text, item.id)];
      case "todo_list":
        return [plan(item.items)];
      case "plan":
        return [chunk("agent_message_chunk", item.text, item.id)];
      default:
        return [notice(this.#support, "warning", item.message, item.id)];
    }
  }

  /** A compaction that the person asked for begins. */
  compacting(id: string): SessionUpdate[] {
    if (!this.#support.compaction) return [];
    this.#compacting = id;
    return [{ sessionUpdate: "compaction_update", compactionId: id, status: "in_progress" }];
  }

  /** One that was asked for and did not come about ends with its turn. */
  #uncompacted(end: Event): SessionUpdate[] {
    const compactionId = this.#compacting;
    this.#compacting = null;
    if (compactionId === null) return [];
    const cancelled = end.type === "turn.failed" && end.error.kind === "interrupted";
    return [{ sessionUpdate: "compaction_update", compactionId, status: cancelled ? "cancelled" : "failed" }];
  }

  #measured(used: number, size: number | null): SessionUpdate[] {
    this.#room = size === null ? null : { used, size };
    return this.#usage();
  }

  #spent(cost: number | undefined): SessionUpdate[] {
    if (cost === undefined) return [];
    this.#cost = (this.#cost ?? 0) + cost;
    return this.#usage();
  }

  #usage(): SessionUpdate[] {
    if (this.#room === null) return [];
    const cost = this.#cost === null ? {} : { cost: { amount: this.#cost, currency: "USD" } };
    return [{ sessionUpdate: "usage_update", ...this.#room, ...cost }];
  }

  #replaced({ why, tokens_before, tokens_after, seq }: Event & { type: "history.replaced" }): SessionUpdate[] {
    if (this.#support.compaction && why === "compacted") {
      const compactionId = this.#compacting ?? `compaction_${seq}`;
      this.#compacting = null;
      return [{ sessionUpdate: "compaction_update", compactionId, status: "completed" }];
    }
    return this.#note("info", `the conversation was ${why}: ${tokens_before} tokens became ${tokens_after}`, seq);
  }
}

const retryReason = ({ message }: Failure) => message;

function isCallEvent(event: Event): boolean {
  if (event.type === "item.delta") return event.item_type === "command_execution";
  if (event.type === "sandbox.denied") return true;
  return "item" in event && event.type !== "history.added" && isCallItem(event.item);
}

function plan(items: readonly { text: string; completed: boolean }[]): SessionUpdate {
  const entries = items.map(({ text: content, completed }) => ({
    content,
    priority: "medium" as const,
    status: completed ? ("completed" as const) : ("pending" as const),
  }));
  return { sessionUpdate: "plan", entries };
}
