import type { EventBody, Item } from "../protocol/index.ts";
import type { ItemBody } from "../tools/index.ts";

/** Where parts of a thread tell what happens. */
export interface Emitter {
  emit(event: EventBody): void;
  newItemId(): string;
}

/** The same for text that comes in pieces. */
export interface StreamEmitter extends Emitter {
  emitDelta(item_id: string, item_type: "agent_message" | "reasoning" | "command_execution", delta: string): void;
  /** null when the front end keeps up; else resolves when it does. */
  ready(): Promise<void> | null;
}

/** The same for what commands print. */
export interface OutputEmitter extends StreamEmitter {
  /** Somebody looks at it while it comes. */
  hearsOutput(): boolean;
}

/** Gives a body its id. TypeScript cannot see that a union of bodies and an id are the union of items. */
export function itemOf(id: string, body: ItemBody): Item {
  return { id, ...body } as Item;
}

/** Shows an item that has no life of its own: it is there, and it is done. */
export function showItem(emitter: Emitter, body: ItemBody): void {
  emitter.emit({ type: "item.completed", item: itemOf(emitter.newItemId(), body) });
}

/** A problem that the turn survives. */
export function showError(emitter: Emitter, message: string): void {
  showItem(emitter, { type: "error", message });
}
