import { FAILED, signalExit } from "../../base/index.ts";
import type { Thread } from "../../core/index.ts";
import { type Event, isOfChild, type Op } from "../../protocol/index.ts";
import { readOp } from "./op-schema.ts";

export interface ProtoOptions {
  thread: Thread;
  /** Lines of standard input, without their ends; null for one that was too long to be kept. */
  lines: AsyncIterable<string | null>;
  /** Writes one line. */
  json(value: object): void;
  /** Aborts with the name of a signal as its reason. */
  signal: AbortSignal;
}

/**
 * Ops in, events out, one JSON object a line. A line that is no op is answered with `op.rejected` and nothing else happens.
 * After the last line what runs is finished, and questions are answered with no. Exit code 1 when a turn failed.
 */
export async function runProto(options: ProtoOptions): Promise<number> {
  return new Proto(options).run();
}

/** Which question it is. */
type Asked = Pick<Extract<Op, { type: "approval" | "user_input" }>, "type" | "call_id" | "thread_id">;

const askedBy = ({ type, thread_id }: Event, call_id: string): Asked => ({
  type: type.startsWith("approval.") ? "approval" : "user_input",
  call_id,
  ...(thread_id === undefined ? {} : { thread_id }),
});

const TOO_LONG = { ok: false, message: "this is no op: the line is too long" } as const;

class Proto {
  readonly #options: ProtoOptions;
  /** Questions without an answer, of this thread and of its children. */
  #waiting: Asked[] = [];
  #running = false;
  #ended = false;
  #failed = false;

  constructor(options: ProtoOptions) {
    this.#options = options;
  }

  async run(): Promise<number> {
    const { thread, signal } = this.#options;
    const stop = () => thread.submit({ type: "shutdown" });
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    // Reading may never end; the events decide when it is over.
    void this.#read();
    for await (const event of thread.events) {
      this.#print(event);
      await this.#take(event);
    }
    signal.removeEventListener("abort", stop);
    if (signal.aborted) return signalExit(signal.reason) ?? FAILED;
    return this.#failed ? 1 : 0;
  }

  #print(value: object): void {
    this.#options.json(value);
  }

  async #read(): Promise<void> {
    let number = 0;
    for await (const line of this.#options.lines) {
      number++;
      if (line?.trim() === "") continue;
      const read = line === null ? TOO_LONG : readOp(line);
      if (read.ok) this.#options.thread.submit(read.op);
      else this.#print({ type: "op.rejected", line: number, message: read.message });
    }
    this.#ended = true;
    for (const asked of this.#waiting) this.#decline(asked);
    await this.#leaveWhenIdle();
  }

  async #take(event: Event): Promise<void> {
    if (event.type === "approval.requested" || event.type === "user_input.requested") {
      const asked = askedBy(event, event.request.call_id);
      if (this.#ended) this.#decline(asked);
      else this.#waiting.push(asked);
    }
    if (event.type === "approval.resolved" || event.type === "user_input.resolved") {
      const { call_id, thread_id } = askedBy(event, event.call_id);
      this.#waiting = this.#waiting.filter((one) => one.call_id !== call_id || one.thread_id !== thread_id);
    }
    if (isOfChild(event, this.#options.thread.thread_id)) return;
    if (event.type === "turn.started") this.#running = true;
    if (event.type !== "turn.completed" && event.type !== "turn.failed") return;
    this.#running = false;
    if (event.type === "turn.failed") this.#failed = true;
    if (this.#ended) await this.#leaveWhenIdle();
  }

  #decline(asked: Asked): void {
    const reason = "standard input ended, so nobody can answer";
    const { type, ...which } = asked;
    const { thread } = this.#options;
    if (type === "approval") thread.submit({ type, ...which, decision: { type: "denied", reason } });
    else thread.submit({ type, ...which, answer: { type: "declined", reason } });
  }

  /** An op that was just handed in starts its turn in this round of the event loop; so does what was said too late. */
  async #leaveWhenIdle(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (!this.#running) this.#options.thread.submit({ type: "shutdown" });
  }
}
