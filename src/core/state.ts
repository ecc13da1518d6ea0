import type { ModelClient } from "../model/index.ts";
import type { Event, EventBody, HistoryItem, ServerLimits } from "../protocol/index.ts";
import type { Sandbox } from "../sandbox/index.ts";
import type { AgentPool } from "../tools/index.ts";
import type { Budget } from "./budget.ts";
import type { Permissions } from "./call/permissions.ts";
import type { OutputEmitter } from "./emitter.ts";
import type { TurnFilesKeeper } from "./files/turn-files.ts";
import type { Lasting } from "./lasting.ts";
import type { LoginShells } from "./login/login-shells.ts";
import type { Conversation } from "./request/conversation.ts";
import type { Spending } from "./request/usage.ts";
import type { ChildThread, ThreadServices, ThreadSettings } from "./settings.ts";

/** All that belongs to a thread while it runs. Its parts say in their own signatures which of it they take (`Part`). */
export interface ThreadState extends OutputEmitter {
  readonly thread_id: string;
  /** The running turn. */
  readonly turn_id: string | null;
  readonly settings: ThreadSettings;
  readonly services: ThreadServices;
  readonly conversation: Conversation;
  readonly permissions: Permissions;
  readonly spending: Spending;
  readonly budget: Budget;
  /** What outlives the calls that began it. */
  readonly lasting: Lasting;
  /** What login profiles leave. */
  readonly login: LoginShells;
  /** What turns change on the disk. */
  readonly files: TurnFilesKeeper;
  /** Agents that it starts; null: it is one itself, and starts none. */
  openAgents(): Promise<AgentPool | null>;
  /** Threads that work for calls of this one. */
  readonly children: Set<ChildThread>;
  /** Lets an event of a child out; it has its `thread_id` and its number already. */
  pass(event: Event): void;
  /** From now on every command that does more than read is asked about. */
  tighten(): void;
  /** Remembers what the server of the model turned out not to take. */
  learn(limits: ServerLimits): void;
  /** The model is about to call a tool. */
  expectCall(name: string): void;
  /** Stops the turn that is running. */
  interrupt(): void;
  /** Collects the thread's events from now on. What comes back ends that, and gives them with the ids that were used. */
  tap(): () => { events: EventBody[]; item_ids: number };
  /** What the user said meanwhile, once. */
  takeSteered(): Promise<HistoryItem[]>;
  model(): Promise<ModelClient>;
  sandbox(): Promise<Sandbox>;
}

/** Some of a thread's state. */
export type Part<K extends keyof ThreadState> = Pick<ThreadState, K>;
