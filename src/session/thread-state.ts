import {
  type ApprovalRequest,
  type HistoryItem,
  type Item,
  type LearnedLimits,
  NO_USAGE,
  type TurnContext,
  type Usage,
  type UserInputRequest,
} from "../protocol/index.ts";
import type { RolloutLine } from "./line.ts";
import { leastOf, narrowed } from "./narrow.ts";
import { hashItem } from "./pack.ts";
import { threadIdOf } from "./paths.ts";
import { atOnce, type Damage, type InSlices, type RawLine, Rollout } from "./read.ts";
import { isHistory } from "./shape.ts";

/** A thread as its rollout has it: all that is needed to go on with it. */
export interface StoredThread {
  thread_id: string;
  /** Absolute. */
  cwd: string;
  /** Settings of the last turn; null when there was none. */
  context: TurnContext | null;
  /** What the model has seen since its history was last replaced. A call may be without an output; no output is without its call. */
  history: HistoryItem[];
  /** The thread's total. */
  usage: Usage;
  next_seq: number;
  /** Number for the next item: one more than the highest `item_N`. */
  next_item: number;
  /** What the servers of the thread turned out not to take, the latest last. */
  learned: LearnedLimits[];
  /** A question that nobody has answered, when the process ended while it waited. */
  pending_approval: ApprovalRequest | null;
  /** A question of the model, likewise. */
  pending_input: UserInputRequest | null;
  /** Turns that were started. */
  turns: number;
  /** The turn that was running when the process ended; null when the last one was closed. */
  open_turn: string | null;
  name: string | null;
  forked_from: string | null;
  /** Size of the file when it was read: it must still be that when it is opened to go on. */
  bytes: number;
  damaged: Damage[];
}

/** Lines that are looked at between two chances to do something else: some ms of work. */
const SLICE = 100;

/** Reads a thread to go on with it. Throws when there is no file; damage is left out and reported. */
export function readThread(path: string): StoredThread {
  return atOnce(readThreadInSlices(path));
}

/** The same, with time in between for a person who types. */
export function* readThreadInSlices(path: string): InSlices<StoredThread> {
  const rollout = yield* Rollout.inSlices(path);
  const history = yield* readHistory(rollout);
  const state: StoredThread = {
    thread_id: "",
    cwd: "",
    context: null,
    history,
    usage: NO_USAGE,
    next_seq: 0,
    next_item: 0,
    learned: [],
    pending_approval: null,
    pending_input: null,
    turns: 0,
    open_turn: null,
    name: null,
    forked_from: null,
    bytes: rollout.bytes,
    damaged: rollout.damaged,
  };
  for (const [at, line] of rollout.lines.entries()) {
    if (at % SLICE === 0) yield;
    state.next_seq = Math.max(state.next_seq, (line.seq ?? -1) + 1);
    if (line.type.startsWith("history.")) continue;
    const event = rollout.event(line);
    if (event) apply(state, event);
    else if (line.type === "turn.started") lostSettings(state);
  }
  // A file that lost its first line still knows its thread by its name.
  state.thread_id ||= threadIdOf(path);
  state.cwd ||= state.context?.cwd ?? "";
  state.history = withoutOrphans(state.history);
  state.damaged.sort((a, b) => a.line - b.line);
  return state;
}

/** Lines of a type that this version does not know are passed over. */
function apply(state: StoredThread, event: RolloutLine): void {
  switch (event.type) {
    case "thread.started":
      state.thread_id = event.thread_id;
      state.cwd = event.cwd;
      state.forked_from = event.forked_from ?? null;
      return;
    case "thread.named":
      state.name = event.name;
      return;
    case "turn.started":
      state.context = narrowed(event.context);
      state.turns++;
      state.open_turn = event.turn_id;
      nothingWaits(state);
      return;
    case "turn.completed":
    case "turn.failed":
      if (state.open_turn !== event.turn_id) lostSettings(state);
      state.usage = event.usage;
      state.open_turn = null;
      nothingWaits(state);
      return;
    case "item.started":
    case "item.updated":
    case "item.completed":
      applyItem(state, event.item);
      return;
    case "server.learned": {
      const { provider, model, limits } = event;
      state.learned.push({ provider, model, limits });
      return;
    }
    case "approval.requested":
      state.pending_approval = event.request;
      return;
    case "approval.resolved":
      if (state.pending_approval?.call_id === event.call_id) state.pending_approval = null;
      return;
    case "settings.changed":
      applyPlan(state, event.context);
      return;
    case "user_input.requested":
      state.pending_input = event.request;
      return;
    case "user_input.resolved":
      state.pending_input = null;
      return;
    default:
      return;
  }
}

/** A change that no turn had counts where it goes into plan mode or out of it. */
function applyPlan(state: StoredThread, context: TurnContext): void {
  const planned = context.after_plan !== undefined;
  if (planned !== (state.context?.after_plan !== undefined)) state.context = narrowed(context);
}

function nothingWaits(state: StoredThread): void {
  state.pending_approval = null;
  state.pending_input = null;
}

/** The line that began a turn is lost, and with it what that turn was allowed. */
function lostSettings(state: StoredThread): void {
  if (state.context) state.context = leastOf(state.context);
}

function applyItem(state: StoredThread, item: Item): void {
  const number = item.id.match(/^item_(\d+)$/)?.[1];
  if (number) state.next_item = Math.max(state.next_item, Number(number) + 1);
}

/** The current history. Lines before the last readable replacement are not parsed. */
function* readHistory(rollout: Rollout): InSlices<HistoryItem[]> {
  const { at, start } = lastReplacement(rollout);
  const history = [...start];
  for (let index = at; index < rollout.lines.length; index++) {
    if (index % SLICE === 0) yield;
    const line = rollout.lines[index];
    const event = line?.type === "history.added" ? rollout.event(line) : null;
    if (event?.type === "history.added") history.push(event.item);
  }
  return history;
}

function lastReplacement(rollout: Rollout): { at: number; start: HistoryItem[] } {
  for (let at = rollout.lines.length - 1; at >= 0; at--) {
    const line = rollout.lines[at] as RawLine;
    if (line.type !== "history.replaced") continue;
    const event = rollout.event(line);
    if (event?.type === "history.replaced") {
      return { at: at + 1, start: event.history.filter(isHistory) };
    }
  }
  return { at: 0, start: [] };
}

/** Without outputs whose call was lost with a damaged line, and without a second output of one call: the API refuses both. */
function withoutOrphans(history: HistoryItem[]): HistoryItem[] {
  const open = new Set<string>();
  return history.filter((item) => {
    if (item.type === "function_call" || item.type === "custom_tool_call") open.add(item.call_id);
    if (item.type !== "function_call_output" && item.type !== "custom_tool_call_output") return true;
    return open.delete(item.call_id);
  });
}

/** Hash of each item of the current history that has a line of its own → seq of that line. */
export function historySeqs(path: string): Map<string, number> {
  const rollout = Rollout.of(path);
  const bySeq = new Map<string, number>();
  for (const line of rollout.lines) {
    if (line.type !== "history.added" || line.seq === null) continue;
    const event = rollout.event(line);
    if (event?.type === "history.added") bySeq.set(hashItem(event.item), line.seq);
  }
  return bySeq;
}
