import type { Event } from "../protocol/index.ts";
import { Channel, type EventReader, type Patience } from "./channel.ts";

/** Who reads a thread's events: its front end from the start, and whoever comes later. Each has its own pace, and may leave. */
export class Readers {
  /** The front end that the thread was started for. */
  readonly front: EventReader;
  #channels: readonly Channel[] = [];
  /** Whoever reads alone: most threads have one reader, and a delta must cost nothing more for the others that could be. */
  #only: Channel | null = null;
  #closed = false;

  constructor() {
    this.front = this.join("waited_for");
  }

  /** One more reader, of everything from now on. */
  join(patience: Patience): EventReader {
    const channel = new Channel(patience, (gone) => this.#set(this.#channels.filter((one) => one !== gone)));
    if (this.#closed) channel.close();
    else this.#set([...this.#channels, channel]);
    return channel;
  }

  #set(channels: readonly Channel[]): void {
    this.#channels = channels;
    this.#only = channels.length === 1 ? (channels[0] ?? null) : null;
  }

  add(event: Event): void {
    // A delta may grow while it waits: each reader has its own.
    const own = event.type === "item.delta" && this.#only === null;
    for (const channel of this.#channels) channel.add(own ? { ...event } : event);
  }

  /** Adds text to a delta that waits, without a number for it: where there is one reader only. False: it has to be an event. */
  merge(item_id: string, text: string): boolean {
    return this.#only?.merge(item_id, text) ?? false;
  }

  get hears_output(): boolean {
    return this.#channels.some((channel) => channel.hears_output);
  }

  /** null when every reader that is waited for keeps up; else resolves when they do. */
  ready(): Promise<void> | null {
    if (this.#only !== null) return this.#only.ready();
    let full: Promise<void> | null = null;
    for (const channel of this.#channels) {
      const ready = channel.ready();
      if (ready) full = full === null ? ready : Promise.all([full, ready]).then(() => {});
    }
    return full;
  }

  /** No further events; everybody still gets those that wait. */
  close(): void {
    this.#closed = true;
    for (const channel of this.#channels) channel.close();
  }
}
