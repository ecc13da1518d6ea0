import type { EventBody } from "../protocol/index.ts";

/** Writes into what ends how long it took: commands, calls of servers, turns. `now`: monotonic ms. */
export class Stopwatch {
  readonly #now: () => number;
  readonly #started = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The event as it is to be shown. What was recorded keeps the time that it took then. */
  timed(body: EventBody): EventBody {
    if (body.type === "turn.started") this.#start(body.turn_id);
    else if (body.type === "item.started" && isTimed(body.item)) this.#start(body.item.id);
    else if (body.type === "turn.completed" || body.type === "turn.failed") return this.#ended(body.turn_id, body);
    else if (body.type === "item.completed") return this.#ended(body.item.id, body);
    return body;
  }

  #start(id: string): void {
    this.#started.set(id, this.#now());
  }

  #ended<E extends { duration_ms?: number }>(id: string, body: E): E {
    const start = this.#started.get(id);
    this.#started.delete(id);
    if (start === undefined || body.duration_ms !== undefined) return body;
    return { ...body, duration_ms: Math.round(this.#now() - start) };
  }
}

/** What the model says takes as long as its words come in. */
const isTimed = ({ type }: { type: string }) => type === "command_execution" || type === "mcp_tool_call";
