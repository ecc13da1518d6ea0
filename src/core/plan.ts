import type { Item } from "../protocol/index.ts";
import type { ItemBody } from "../tools/index.ts";
import type { ThreadState } from "./state.ts";

/** An item that lives as long as its turn (the todo list): it starts with the first call, is updated, and completes at the end. */
export class TurnPlan {
  #item: Item | null = null;
  readonly #state: ThreadState;

  constructor(state: ThreadState) {
    this.#state = state;
  }

  show(body: ItemBody): void {
    const item = { id: this.#item?.id ?? this.#state.newItemId(), ...body } as Item;
    this.#state.emit({ type: this.#item ? "item.updated" : "item.started", item });
    this.#item = item;
  }

  /** Goes on with an item that was shown already. */
  adopt(item: Item): void {
    this.#item = item;
  }

  close(): void {
    if (this.#item) this.#state.emit({ type: "item.completed", item: this.#item });
    this.#item = null;
  }
}
