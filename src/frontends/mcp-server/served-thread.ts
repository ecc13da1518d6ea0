import type { Thread } from "../../core/index.ts";
import { type Event, type Failure, type Item, isOfChild, type Op } from "../../protocol/index.ts";
import { visibleLine } from "../../term/index.ts";

/** A question that a turn waits with. */
export type Question = Extract<Event, { type: "approval.requested" | "user_input.requested" }>;

/** Where a turn stands: it asks something, or it is over. */
export type TurnStep =
  | { type: "question"; question: Question }
  | { type: "done"; text: string; failure: Failure | null };

/** Characters of one line of progress. */
const PROGRESS_CHARS = 200;

/** A thread that calls of a tool work in, turn by turn. */
export class ServedThread {
  readonly #thread: Thread;
  readonly #steps: TurnStep[] = [];
  #wake: (() => void) | null = null;
  #text = "";
  #running = false;
  #ended: Promise<void>;
  /** Told what happens while somebody waits for the next step. */
  onProgress: (message: string) => void = () => {};

  constructor(thread: Thread) {
    this.#thread = thread;
    this.#ended = this.#follow();
  }

  get id(): string {
    return this.#thread.thread_id;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Starts a turn. */
  say(prompt: string): void {
    this.#running = true;
    this.#text = "";
    this.#thread.submit({ type: "user_turn", input: [{ type: "text", text: prompt }] });
  }

  submit(op: Op): void {
    this.#thread.submit(op);
  }

  interrupt(): void {
    this.#thread.submit({ type: "interrupt" });
  }

  /** The next question, or the end of the turn. One caller at a time. */
  async next(): Promise<TurnStep> {
    while (true) {
      const step = this.#steps.shift();
      if (step) return step;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Stops what runs and closes the thread. */
  async close(): Promise<void> {
    this.#thread.submit({ type: "shutdown" });
    await this.#ended;
  }

  async #follow(): Promise<void> {
    for await (const event of this.#thread.events) this.#take(event);
    if (this.#running) this.#done({ kind: "interrupted", message: "the thread was closed", retryable: false });
  }

  #take(event: Event): void {
    if (event.type === "approval.requested" || event.type === "user_input.requested") {
      this.#step({ type: "question", question: event });
      return;
    }
    const message = progressOf(event);
    if (message !== null) this.onProgress(message);
    if (isOfChild(event, this.id)) return;
    if (event.type === "item.completed" && event.item.type === "agent_message") this.#text = event.item.text;
    if (event.type === "item.completed" && event.item.type === "plan") this.#text = event.item.text;
    if (event.type === "turn.completed") this.#done(null);
    if (event.type === "turn.failed") this.#done(event.error);
  }

  #done(failure: Failure | null): void {
    this.#running = false;
    // What was asked is settled with the turn.
    this.#steps.length = 0;
    this.#step({ type: "done", text: this.#text, failure });
  }

  #step(step: TurnStep): void {
    this.#steps.push(step);
    this.#wake?.();
  }
}

/** What a caller is told while it waits; null: nothing. */
function progressOf(event: Event): string | null {
  if (event.type === "stream.retrying") return cut(`retrying: ${event.error.message}`);
  if (event.type === "item.started" && event.item.type === "command_execution") return cut(`$ ${event.item.command}`);
  return event.type === "item.completed" ? itemProgress(event.item) : null;
}

function itemProgress(item: Item): string | null {
  switch (item.type) {
    case "agent_message":
      return cut(item.text);
    case "command_execution":
      return cut(`exit ${item.exit_code}: ${item.command}`);
    case "file_change":
      return cut(`${item.status}: ${item.changes.map(({ kind, path }) => `${kind} ${path}`).join(", ")}`);
    case "mcp_tool_call":
      return cut(`${item.status}: ${item.server}.${item.tool}`);
    case "web_search":
      return cut(`searched: ${item.query}`);
    default:
      return null;
  }
}

function cut(text: string): string {
  const line = visibleLine(text.trim().replace(/\s+/g, " "));
  return line.length > PROGRESS_CHARS ? `${line.slice(0, PROGRESS_CHARS - 1)}…` : line;
}
