import type { ModelClient } from "../model/index.ts";
import {
  type Event,
  type EventBody,
  type HistoryItem,
  type LearnedLimits,
  NO_USAGE,
  type ServerLimits,
  type SettingsChange,
} from "../protocol/index.ts";
import type { Sandbox } from "../sandbox/index.ts";
import type { StoredThread } from "../session/index.ts";
import type { AgentPool } from "../tools/index.ts";
import { Budget } from "./budget.ts";
import type { Agents } from "./call/agents.ts";
import { Permissions } from "./call/permissions.ts";
import { warnFinished } from "./files/restore-files.ts";
import { TurnFilesKeeper } from "./files/turn-files.ts";
import { Lasting } from "./lasting.ts";
import { LoginShells } from "./login/login-shells.ts";
import { expectCommand } from "./login/under.ts";
import { Outlet } from "./outlet.ts";
import { inPlan, withPlan } from "./plan-mode.ts";
import type { TurnQueue } from "./queue.ts";
import { Conversation } from "./request/conversation.ts";
import { readInputParts } from "./request/input.ts";
import { Spending } from "./request/usage.ts";
import type { ChildThread, ThreadServices, ThreadSettings } from "./settings.ts";
import type { ThreadState } from "./state.ts";

/** What a new thread starts from, or an old one goes on from. */
export interface ThreadStart {
  /** UUIDv7. */
  thread_id: string;
  settings: ThreadSettings;
  services: ThreadServices;
  /** The thread as it was stored; null: a new one. */
  resumed: ResumedThread | null;
  /** Shared with the parent of a child thread; absent: the thread has its own. */
  budget?: Budget;
}

/** What a stored thread brings along. */
export type ResumedThread = Pick<
  StoredThread,
  | "history"
  | "usage"
  | "next_seq"
  | "next_item"
  | "turns"
  | "open_turn"
  | "context"
  | "pending_approval"
  | "pending_input"
  | "forked_from"
> &
  // Recordings of earlier versions are without.
  Partial<Pick<StoredThread, "learned">>;

/** The parts of one thread, put together. */
export class Parts implements ThreadState {
  readonly thread_id: string;
  readonly services: ThreadServices;
  readonly conversation: Conversation;
  readonly permissions: Permissions;
  readonly spending: Spending;
  readonly budget: Budget;
  readonly lasting = new Lasting();
  readonly login = new LoginShells();
  readonly children = new Set<ChildThread>();
  /** It works for another thread. */
  readonly #is_child: boolean;
  #agents: Promise<Agents> | null = null;
  readonly files: TurnFilesKeeper;
  readonly outlet: Outlet;
  settings: ThreadSettings;
  turn_id: string | null = null;
  readonly #queue: TurnQueue;
  readonly #learned: LearnedLimits[];
  #model: Promise<ModelClient> | null = null;
  #sandbox: Promise<Sandbox> | null = null;

  constructor(start: ThreadStart, queue: TurnQueue) {
    const { thread_id, settings, services, resumed } = start;
    this.thread_id = thread_id;
    this.settings = settings;
    this.services = services;
    this.#queue = queue;
    this.#is_child = start.budget !== undefined;
    this.#learned = [...(resumed?.learned ?? [])];
    this.outlet = new Outlet({
      secrets: services.secrets,
      sink: services.sink,
      next_seq: resumed?.next_seq ?? 0,
      next_item: resumed?.next_item ?? 0,
      now: services.now,
      onLost: () => this.interrupt(),
    });
    this.files = new TurnFilesKeeper(services.checkpoints?.open ?? null, (outcome) => warnFinished(this, outcome));
    this.conversation = new Conversation(resumed?.history ?? [], this.outlet);
    this.permissions = new Permissions(settings.rules, (text) => services.saveRule(text));
    this.spending = new Spending(resumed?.usage ?? NO_USAGE);
    this.budget = start.budget ?? new Budget(settings.budget, services.now);
  }

  /** Takes what is to be changed into the settings; says what the administrator does not allow of it. */
  override({ plan = inPlan(this.settings), ...overrides }: SettingsChange): string[] {
    if (overrides.model && overrides.model !== this.settings.model) this.#model = null;
    const policy = overrides.approval_policy ? { granular: null, free_patches: false } : {};
    const wanted = { ...withPlan(this.settings, false), ...policy, ...overrides };
    const { notes, ...allowed } = this.services.administrator.restrict(wanted);
    this.settings = withPlan({ ...wanted, ...allowed }, plan);
    return notes;
  }

  tighten(): void {
    const plain = withPlan(this.settings, false);
    if (plain.approval_policy === "never") return;
    this.settings = withPlan({ ...plain, approval_policy: "untrusted" }, inPlan(this.settings));
  }

  emit(body: EventBody): void {
    this.outlet.emit(body);
  }

  pass(event: Event): void {
    this.outlet.pass(event);
  }

  emitDelta(...delta: Parameters<Outlet["emitDelta"]>): void {
    this.outlet.emitDelta(...delta);
  }

  hearsOutput(): boolean {
    return this.outlet.hears_output;
  }

  ready(): Promise<void> | null {
    return this.outlet.readers.ready();
  }

  newItemId(): string {
    return this.outlet.newItemId();
  }

  tap(): ReturnType<Outlet["tap"]> {
    return this.outlet.tap();
  }

  expectCall(name: string): void {
    if (name === "exec_command") expectCommand(this);
  }

  interrupt(): void {
    this.#queue.interrupt();
  }

  async takeSteered(): Promise<HistoryItem[]> {
    const read = await Promise.all(this.#queue.takeSteered().map((input) => readInputParts(input, this.settings.cwd)));
    return read.map(({ item }) => item);
  }

  model(): Promise<ModelClient> {
    const { model_provider, model } = this.settings;
    const known = this.#learned.findLast((one) => one.provider === model_provider && one.model === model);
    this.#model ??= this.services.openModel(known?.limits ?? null);
    return this.#model;
  }

  learn(limits: ServerLimits): void {
    const learned = { provider: this.settings.model_provider, model: this.settings.model, limits };
    this.#learned.push(learned);
    this.emit({ type: "server.learned", ...learned });
  }

  async openAgents(): Promise<AgentPool | null> {
    if (this.#is_child) return null;
    this.#agents ??= import("./call/agents.ts").then(({ Agents }) => new Agents(this));
    return this.#agents;
  }

  /** Ends every agent, and waits until they are gone. */
  async endAgents(): Promise<void> {
    await (await this.#agents)?.end();
  }

  sandbox(): Promise<Sandbox> {
    this.#sandbox ??= this.services.openSandbox();
    return this.#sandbox;
  }
}
