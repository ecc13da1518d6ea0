import type { ModelClient, ModelInfo } from "../model/index.ts";
import type { Rules, SessionGrant } from "../policy/index.ts";
import type { EventBody, HistoryItem } from "../protocol/index.ts";
import type { KnownRepositories, Sandbox } from "../sandbox/index.ts";
import type { Approvals } from "./approvals.ts";
import type { Budget } from "./budget.ts";
import type { History } from "./history.ts";
import type { Lasting } from "./lasting.ts";
import type { ThreadServices, ThreadSettings } from "./settings.ts";
import type { ContextMeter } from "./tokens.ts";
import type { Spending } from "./usage.ts";

/** What the parts of a running turn see of their thread. */
export interface ThreadState {
  readonly thread_id: string;
  /** The running turn. */
  readonly turn_id: string | null;
  readonly settings: ThreadSettings;
  readonly services: ThreadServices;
  readonly history: History;
  /** How full the context is. */
  readonly meter: ContextMeter;
  readonly spending: Spending;
  readonly budget: Budget;
  readonly approvals: Approvals;
  /** What outlives the calls that began it. */
  readonly lasting: Lasting;
  /** Where directories that may be written really are, as they were when they were first looked at (`keepPlace`). */
  readonly places: Map<string, string>;
  /** The repositories of those directories, as they were then; null until one was looked at. */
  repositories: KnownRepositories | null;
  /** What the user allowed until the process ends. */
  readonly grants: SessionGrant[];
  /** The rules in force, with those that the user's answers added. */
  readonly rules: Rules;
  /** Takes a rule into force and keeps it; `text` is its form in a file. */
  addRule(rule: Rules["prefix"][number], text: string): void;
  /** From now on every command that does more than read is asked about. */
  tighten(): void;
  /** Stops the turn that is running. */
  interrupt(): void;
  emit(event: EventBody): void;
  emitDelta(item_id: string, item_type: "agent_message" | "reasoning" | "command_execution", delta: string): void;
  /** null when the front end keeps up; else resolves when it does. */
  ready(): Promise<void> | null;
  newItemId(): string;
  /** Collects the thread's events from now on. What comes back ends that, and gives them with the ids that were used. */
  tap(): () => { events: EventBody[]; item_ids: number };
  addHistory(item: HistoryItem): void;
  /** Adds an item as soon as every call has its output: the APIs want nothing between the two. */
  addNote(item: HistoryItem): void;
  /** Puts a compacted history in the place of the old one. The counts are those of the whole context. */
  replaceHistory(items: HistoryItem[], tokens_before: number, tokens_after: number): void;
  /** What the user said meanwhile, once. */
  takeSteered(): Promise<HistoryItem[]>;
  model(): Promise<ModelClient>;
  /** What is known of the model in use. */
  modelInfo(): Promise<ModelInfo>;
  sandbox(): Promise<Sandbox>;
}
