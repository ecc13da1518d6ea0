import type { AppThread } from "../contract.ts";
import type { Means } from "./means.ts";

/** A question to a copy of the thread: the answer is shown, and nothing of it is kept. */
export class Side {
  readonly #means: Means;
  #thread: AppThread["thread"] | null = null;

  constructor(means: Means) {
    this.#means = means;
  }

  async ask(question: string): Promise<void> {
    const { options, thread, send } = this.#means;
    const opened = await options.openSide(thread().thread);
    if (!opened.ok) {
      send({ type: "side answer", text: "", done: true });
      send({ type: "failed", message: opened.message });
      return;
    }
    this.#thread = opened.thread;
    opened.thread.submit({ type: "user_turn", input: [{ type: "text", text: question }] });
    for await (const event of opened.thread.events) {
      if (event.type === "item.delta" && event.item_type === "agent_message")
        send({ type: "side answer", text: event.delta, done: false });
      // Nobody looks at what it would do.
      if (event.type === "approval.requested")
        opened.thread.submit({ type: "approval", call_id: event.request.call_id, decision: { type: "denied" } });
      if (event.type === "turn.failed") send({ type: "failed", message: event.error.message });
      if (event.type === "turn.completed" || event.type === "turn.failed") break;
    }
    send({ type: "side answer", text: "", done: true });
    this.stop();
    await opened.forget();
  }

  stop(): void {
    this.#thread?.submit({ type: "shutdown" });
    this.#thread = null;
  }
}
