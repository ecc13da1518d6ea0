import type { EventBody, Failure, HistoryItem, InputPart, Op, SettingsChange, TurnFiles } from "../protocol/index.ts";
import type { StreamEmitter } from "./emitter.ts";
import { TurnFailed } from "./failed.ts";
import type { ItemLife } from "./item-life.ts";

/** An op as a recording has it: what starts a turn, what changes settings, and what cuts a turn short. */
export type TapedOp =
  | { type: "user_turn"; input: InputPart[]; overrides: SettingsChange }
  | { type: "user_command"; command: string }
  | { type: "compact"; instructions: string | null }
  | { type: "settings"; changes: SettingsChange }
  | Extract<Op, { type: "undo" | "redo" }>
  | { type: "interrupt" };

/**
 * A part of a turn that depends on the world: the user's input, calls, hooks. Everything that it led to is in its events,
 * the items that it added to the history among them.
 */
export interface TapeSegment {
  events: EventBody[];
  /** Ids of items that were given out. */
  item_ids: number;
  aborted: boolean;
  /** What ended the turn here. */
  failure: Failure | null;
  /** What the part came to. */
  value: boolean;
}

/** Keeps what came from the world, or gives it back in the same order. */
export interface Tape {
  op(op: TapedOp): void;
  /** The next segment when a recording is played; null: the work is to be done. */
  play(): TapeSegment | null;
  keep(segment: TapeSegment): void;
  /** What a turn changed on the disk: kept, or given back as it was kept. */
  changed(files: TurnFiles | null): TurnFiles | null;
}

/** What a tape takes from a thread, and does to it. */
interface TapedThread extends StreamEmitter {
  services: { tape: Tape | null };
  tap(): () => { events: EventBody[]; item_ids: number };
  conversation: { add(item: HistoryItem): void };
  interrupt(): void;
}

/** Does a part of a turn and keeps it where a tape runs; plays it back where one is played. */
export async function taped(
  thread: TapedThread,
  plan: ItemLife | null,
  signal: AbortSignal,
  work: () => Promise<boolean>,
): Promise<boolean> {
  const { tape } = thread.services;
  if (tape === null) return work();
  const segment = tape.play();
  if (segment) return playBack(thread, plan, segment);
  const stop = thread.tap();
  let failure: Failure | null = null;
  let value = false;
  try {
    value = await work();
    return value;
  } catch (error) {
    if (error instanceof TurnFailed) failure = error.failure;
    throw error;
  } finally {
    tape.keep({ ...stop(), aborted: signal.aborted, failure, value });
  }
}

function playBack(thread: TapedThread, plan: ItemLife | null, segment: TapeSegment): boolean {
  for (let count = 0; count < segment.item_ids; count++) thread.newItemId();
  for (const event of segment.events) {
    if (event.type === "history.added") thread.conversation.add(event.item);
    else if (event.type === "item.delta") thread.emitDelta(event.item_id, event.item_type, event.delta);
    else thread.emit(event);
    const lasting = event.type === "item.started" || event.type === "item.updated";
    if (lasting && event.item.type === "todo_list") plan?.adopt(event.item);
  }
  if (segment.aborted) thread.interrupt();
  if (segment.failure) throw new TurnFailed(segment.failure);
  return segment.value;
}
