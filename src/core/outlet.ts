import type { Event, EventBody } from "../protocol/index.ts";
import { Readers } from "./readers.ts";
import type { EventSink } from "./settings.ts";

/** What an outlet starts from. */
export interface OutletStart {
  /** Where events are kept; null: nowhere. */
  sink: EventSink | null;
  next_seq: number;
  next_item: number;
  /** Called once, when an event could not be kept. */
  onLost(): void;
}

/** Where a thread's events leave it: each gets the next number, is kept in the thread's file, and goes to the readers. */
export class Outlet {
  readonly readers = new Readers();
  /** Why the thread can no longer be kept; null while it can. */
  lost: string | null = null;
  readonly #start: OutletStart;
  #seq: number;
  #items: number;
  /** Something was kept. */
  #kept = false;
  #ended = false;
  /** Where events go, too, while a part of a turn is recorded. */
  #tapped: EventBody[] | null = null;

  constructor(start: OutletStart) {
    this.#start = start;
    this.#seq = start.next_seq;
    this.#items = start.next_item;
  }

  emit(body: EventBody): void {
    // What a hook or a command says after the end must not open the file again.
    if (this.#ended) return;
    this.#tapped?.push(body);
    this.readers.add(this.keep(body));
  }

  /** Shows what a child thread says. It has its number there, and is not kept here. */
  pass(event: Event): void {
    if (!this.#ended) this.readers.add(event);
  }

  emitDelta(item_id: string, item_type: "agent_message" | "reasoning" | "command_execution", delta: string): void {
    if (!this.readers.merge(item_id, delta)) this.emit({ type: "item.delta", item_id, item_type, delta });
    else this.#tapped?.push({ type: "item.delta", item_id, item_type, delta });
  }

  /** Numbers and keeps an event without showing it. What cannot be kept must not go on. */
  keep(body: EventBody): Event {
    const event: Event = { seq: this.#seq++, ...body };
    if (this.lost !== null) return event;
    try {
      this.#start.sink?.append(event);
      this.#kept = true;
    } catch (error) {
      // The first event says whether there will be a file at all, and whether it is ours.
      if (!this.#kept) throw error;
      this.lost = error instanceof Error ? error.message : String(error);
      this.#start.onLost();
    }
    return event;
  }

  newItemId(): string {
    return `item_${this.#items++}`;
  }

  /** Collects events from now on; the call gives them, and how many item ids were given meanwhile. */
  tap(): () => { events: EventBody[]; item_ids: number } {
    const events: EventBody[] = [];
    const first = this.#items;
    this.#tapped = events;
    return () => {
      this.#tapped = null;
      return { events, item_ids: this.#items - first };
    };
  }

  /** From now on nothing is taken any more. */
  end(): void {
    this.#ended = true;
  }

  close(): void {
    this.#start.sink?.close();
    this.readers.close();
  }
}
