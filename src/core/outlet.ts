import { SecretStream, type Secrets } from "../base/index.ts";
import type { Event, EventBody } from "../protocol/index.ts";
import { Readers } from "./readers.ts";
import type { EventSink } from "./settings.ts";
import { Stopwatch } from "./stopwatch.ts";

/** What an outlet starts from. */
export interface OutletStart {
  /** Where events are kept; null: nowhere. */
  sink: EventSink | null;
  next_seq: number;
  next_item: number;
  /** What nothing that leaves may hold. */
  secrets: Secrets;
  /** Monotonic milliseconds. */
  now(): number;
  /** Called once, when an event could not be kept. */
  onLost(): void;
}

/** Text of an item that is coming in. */
interface OpenDelta {
  item_type: DeltaType;
  stream: SecretStream;
}

type DeltaType = Extract<EventBody, { type: "item.delta" }>["item_type"];

/**
 * Where a thread's events leave it: each gets the next number, is kept in the thread's file, and goes to the front end, without
 * secrets. Only a question reaches its front end as it is: what is approved is not changed.
 */
export class Outlet {
  readonly readers = new Readers();
  /** Why the thread can no longer be kept; null while it can. */
  lost: string | null = null;
  readonly #start: OutletStart;
  readonly #watch: Stopwatch;
  #seq: number;
  #items: number;
  /** Something was kept. */
  #kept = false;
  #ended = false;
  /** Where events go, too, while a part of a turn is recorded. */
  #tapped: EventBody[] | null = null;
  readonly #open = new Map<string, OpenDelta>();

  constructor(start: OutletStart) {
    this.#start = start;
    this.#watch = new Stopwatch(start.now);
    this.#seq = start.next_seq;
    this.#items = start.next_item;
  }

  emit(body: EventBody): void {
    // What a hook or a command says after the end must not open the file again.
    if (this.#ended) return;
    if (body.type === "stream.reset") for (const id of body.item_ids) this.#open.delete(id);
    else if (body.type === "item.completed") this.#finish(body.item.id);
    else if (body.type === "turn.completed" || body.type === "turn.failed")
      for (const id of this.#open.keys()) this.#finish(id);
    this.#push(this.#watch.timed(body));
  }

  #push(body: EventBody): void {
    this.#tapped?.push(body);
    const kept = this.keep(body);
    this.readers.add(body.type === "approval.requested" ? { ...kept, ...body } : kept);
  }

  /** Shows what a child thread says. It has its number there, and is not kept here. */
  pass(event: Event): void {
    if (!this.#ended) this.readers.add(event);
  }

  /** The rest of an item's text, which waited for what would follow. */
  #finish(id: string): void {
    const open = this.#open.get(id);
    this.#open.delete(id);
    const rest = open?.stream.end() ?? "";
    if (open && rest !== "") this.#pushDelta(id, open.item_type, rest);
  }

  emitDelta(item_id: string, item_type: DeltaType, delta: string): void {
    if (this.#ended) return;
    const text = (this.#open.get(item_id) ?? this.#begin(item_id, item_type)).stream.push(delta);
    if (text !== "") this.#pushDelta(item_id, item_type, text);
  }

  /** Somebody looks at what commands print while they print it. */
  get hears_output(): boolean {
    return this.readers.hears_output || this.#tapped !== null;
  }

  #begin(item_id: string, item_type: DeltaType): OpenDelta {
    const open = { item_type, stream: new SecretStream(this.#start.secrets) };
    this.#open.set(item_id, open);
    return open;
  }

  #pushDelta(item_id: string, item_type: DeltaType, delta: string): void {
    const body: EventBody = { type: "item.delta", item_id, item_type, delta };
    this.#tapped?.push(body);
    if (!this.readers.merge(item_id, delta)) this.readers.add(this.#store(body));
  }

  /** Numbers and keeps an event without showing it. What cannot be kept must not go on. */
  keep(body: EventBody): Event {
    return this.#store(this.#start.secrets.redactAll(body));
  }

  /** The same for what holds no secret any more: a delta went through its stream. */
  #store(body: EventBody): Event {
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
