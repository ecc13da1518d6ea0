import type { EventBody, HistoryItem, ToolCallItem } from "../../protocol/index.ts";
import type { Emitter } from "../emitter.ts";
import { isCall, isOutput } from "./history.ts";
import { ContextMeter } from "./tokens.ts";

type Replacement = Extract<EventBody, { type: "history.replaced" }>;

/** What the model has seen and said, and how full that makes its context. The API refuses a request in which a call has no output, or two. */
export class Conversation {
  readonly meter: ContextMeter;
  readonly #emitter: Pick<Emitter, "emit">;
  #items: HistoryItem[];
  /** What the model is to be told once no call is open. */
  readonly #notes: HistoryItem[] = [];

  constructor(items: HistoryItem[], emitter: Pick<Emitter, "emit">) {
    this.#items = items;
    this.#emitter = emitter;
    this.meter = new ContextMeter(items);
  }

  get items(): readonly HistoryItem[] {
    return this.#items;
  }

  add(item: HistoryItem): void {
    this.#items.push(item);
    this.meter.add(item);
    this.#emitter.emit({ type: "history.added", item });
    if (this.#notes.length === 0 || this.openCalls().length > 0) return;
    for (const note of this.#notes.splice(0)) this.add(note);
  }

  /** Adds an item as soon as every call has its output: the APIs want nothing between the two. */
  addNote(item: HistoryItem): void {
    if (this.openCalls().length > 0) this.#notes.push(item);
    else this.add(item);
  }

  /** Puts another history in the place of the old one. The counts are those of the whole context. */
  replace(why: Replacement["why"], items: HistoryItem[], tokens_before: number, tokens_after: number): void {
    this.#items = [...items];
    this.meter.replace(items);
    this.#emitter.emit({ type: "history.replaced", why, history: items, tokens_before, tokens_after });
  }

  /** Calls without an output, in their order. */
  openCalls(): ToolCallItem[] {
    const answered = new Set(this.#items.filter(isOutput).map((item) => item.call_id));
    return this.#items.filter(isCall).filter((call) => !answered.has(call.call_id));
  }
}
