import type { Item } from "../protocol/index.ts";
import type { ItemBody } from "../tools/index.ts";
import { type Emitter, itemOf } from "./emitter.ts";

/**
 * An item from its start to its end: however often it is shown, it starts once and completes once. Nothing is told of an item
 * that was never shown.
 */
export class ItemLife {
  readonly #emitter: Emitter;
  #id: string | null;
  #shown: Item | null = null;
  #closed = false;

  /** @param id where it was given out already */
  constructor(emitter: Emitter, id: string | null = null) {
    this.#emitter = emitter;
    this.#id = id;
  }

  get id(): string {
    this.#id ??= this.#emitter.newItemId();
    return this.#id;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Starts the item, or updates it. Once it has completed, this does nothing. */
  show(body: ItemBody): void {
    if (this.#closed) return;
    const item = itemOf(this.id, body);
    this.#emitter.emit({ type: this.#shown ? "item.updated" : "item.started", item });
    this.#shown = item;
  }

  /** Goes on with an item that was shown already. */
  adopt(item: Item): void {
    this.#id = item.id;
    this.#shown = item;
  }

  /** Completes the item as it is now, or as it was last shown. */
  close(body: ItemBody | null = null): void {
    if (this.#closed) return;
    this.#closed = true;
    const item = body ? itemOf(this.id, body) : this.#shown;
    if (item) this.#emitter.emit({ type: "item.completed", item });
  }
}
