import type { ModelClient, ModelInfo } from "../model/index.ts";
import type { Rules, SessionGrant } from "../policy/index.ts";
import {
  type ApprovalRequest,
  type Event,
  type EventBody,
  type Failure,
  type HistoryItem,
  type InputPart,
  NO_USAGE,
  type Op,
  SCHEMA_VERSION,
  type TurnContext,
  type TurnOverrides,
  type Usage,
} from "../protocol/index.ts";
import type { KnownRepositories, Sandbox } from "../sandbox/index.ts";
import type { StoredThread } from "../session/index.ts";
import { Approvals, asksToRun } from "./approvals.ts";
import { Budget, stopFor, TIME_IS_OVER } from "./budget.ts";
import { showError } from "./emitter.ts";
import { TurnFailed } from "./failed.ts";
import { History, interruptedOutput } from "./history.ts";
import { readInput } from "./input.ts";
import { environmentItem, openingItems } from "./instructions.ts";
import { Lasting } from "./lasting.ts";
import { Outlet } from "./outlet.ts";
import type { ThreadServices, ThreadSettings } from "./settings.ts";
import type { ThreadState } from "./state.ts";
import { taped } from "./tape.ts";
import { ContextMeter } from "./tokens.ts";
import { INTERRUPTED, runTurn, type TurnEnd } from "./turn.ts";
import { Spending } from "./usage.ts";

/** What a new thread starts from, or an old one goes on from. */
export interface ThreadStart {
  /** UUIDv7. */
  thread_id: string;
  settings: ThreadSettings;
  services: ThreadServices;
  /** The thread as it was stored; null: a new one. */
  resumed: ResumedThread | null;
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
  | "forked_from"
>;

/**
 * A conversation. `submit` puts ops in; iterating over `events` gives everything that happens, in order, each with the
 * next `seq`. At most one turn runs; a new one aborts it and takes its place.
 */
export class Thread implements ThreadState {
  readonly thread_id: string;
  readonly services: ThreadServices;
  readonly history: History;
  readonly meter: ContextMeter;
  readonly spending: Spending;
  readonly budget: Budget;
  readonly approvals = new Approvals();
  readonly lasting = new Lasting();
  readonly places = new Map<string, string>();
  repositories: KnownRepositories | null = null;
  readonly grants: SessionGrant[] = [];
  rules: Rules;
  settings: ThreadSettings;
  turn_id: string | null = null;
  readonly #outlet: Outlet;
  #turns: number;
  /** How the thread came up, until hooks were told. */
  #source: "startup" | "resume" | null;
  /** What the model was last told of its surroundings. */
  #told: TurnContext | null;
  #steered: InputPart[][] = [];
  /** What hooks want to tell the model once no call is open. */
  readonly #notes: HistoryItem[] = [];
  /** Of the turns that run or wait for their turn. */
  readonly #open = new Set<AbortController>();
  #closing = false;
  #queue: Promise<void> = Promise.resolve();
  #model: Promise<ModelClient> | null = null;
  #sandbox: Promise<Sandbox> | null = null;

  constructor(start: ThreadStart) {
    this.thread_id = start.thread_id;
    this.settings = start.settings;
    this.services = start.services;
    this.rules = start.settings.rules;
    const { resumed } = start;
    this.history = new History(resumed?.history ?? []);
    this.#outlet = new Outlet({
      sink: start.services.sink,
      next_seq: resumed?.next_seq ?? 0,
      next_item: resumed?.next_item ?? 0,
      onLost: () => this.interrupt(),
    });
    this.#turns = resumed?.turns ?? 0;
    this.meter = new ContextMeter(this.history.items);
    this.spending = new Spending(resumed?.usage ?? NO_USAGE);
    this.budget = new Budget(start.settings.budget, start.services.now);
    this.#told = resumed?.context ?? null;
    this.#source = resumed ? "resume" : "startup";
    if (resumed?.open_turn) this.#closeLeftOpen(resumed.open_turn);
    this.emit({
      type: "thread.started",
      thread_id: this.thread_id,
      schema_version: SCHEMA_VERSION,
      cwd: start.settings.cwd,
      moat_version: start.services.moat_version,
      ...(resumed?.forked_from ? { forked_from: resumed.forked_from } : {}),
    });
    this.#settleCalls(resumed?.pending_approval ?? null);
  }

  /** A turn that the end of its process cut off is closed in the file, before the thread starts again for its reader. */
  #closeLeftOpen(turn_id: string): void {
    const error: Failure = { kind: "interrupted", message: "the process ended during the turn", retryable: false };
    const counts = { usage: this.spending.total, turn_usage: NO_USAGE };
    this.#outlet.keep({ type: "turn.failed", turn_id, error, ...counts });
  }

  /**
   * Calls that were cut off get their output. The one whose question was still waiting is asked about again, in a turn
   * of its own: nothing of it had run.
   */
  #settleCalls(pending: ApprovalRequest | null): void {
    const waiting = this.history.openCalls().find((call) => pending !== null && asksToRun(pending, call));
    for (const call of this.history.openCalls()) if (call !== waiting) this.addHistory(interruptedOutput(call));
    if (waiting) this.#startTurn([], {});
  }

  /** A turn runs or is about to: also when a stored thread goes on with the question that it was stopped at. */
  get busy(): boolean {
    return this.#open.size > 0;
  }

  get events(): AsyncIterable<Event> {
    return this.#outlet.channel;
  }

  /** Never waits: what the op leads to comes as events. */
  submit(op: Op): void {
    if (op.type === "user_turn") this.#startTurn(op.input, op.overrides ?? {});
    else if (op.type === "steer") this.#steer(op.input);
    else if (op.type === "approval") this.approvals.answer(op.call_id, op.decision);
    else if (op.type === "interrupt") this.#stop();
    else if (op.type === "shutdown") this.#shutdown();
    else if (op.type === "compact") this.#startCompaction(op.instructions ?? null);
    else this.emit({ type: "error", message: `${op.type} is not available yet` });
  }

  #startTurn(input: InputPart[], overrides: TurnOverrides): void {
    this.interrupt();
    this.services.tape?.op({ type: "user_turn", input, overrides });
    this.#enqueue(overrides, async (signal) => {
      await taped(this, null, signal, async () => {
        await this.#addInput(input, signal);
        return true;
      });
      return runTurn(this, signal);
    });
  }

  #stop(): void {
    this.services.tape?.op({ type: "interrupt" });
    this.interrupt();
  }

  #enqueue(overrides: Partial<ThreadSettings>, run: (signal: AbortSignal) => Promise<TurnEnd>): void {
    if (this.#closing) return;
    const abort = new AbortController();
    this.#open.add(abort);
    this.#queue = this.#queue.then(() => this.#turn(overrides, abort, run));
  }

  /** A turn of its own, after the one that runs. */
  #startCompaction(focus: string | null): void {
    this.services.tape?.op({ type: "compact", instructions: focus });
    this.#enqueue({}, async (signal) => {
      const { compactHistory } = await import("./compact.ts");
      const done = await compactHistory(this, { by: "user", focus }, signal);
      if (!done) this.emit({ type: "error", message: "there is nothing to compact" });
      return { ok: true };
    });
  }

  #steer(input: InputPart[]): void {
    if (this.#open.size > 0) this.#steered.push(input);
    else this.#startTurn(input, {});
  }

  #shutdown(): void {
    this.interrupt();
    this.#closing = true;
    this.#queue = this.#queue.then(async () => {
      await this.lasting.end();
      this.#outlet.end();
      if (this.services.transcript_path === null) (await import("./spill.ts")).removeSpilled(this);
      this.#outlet.close();
    });
  }

  async #turn(
    overrides: Partial<ThreadSettings>,
    abort: AbortController,
    run: (signal: AbortSignal) => Promise<TurnEnd>,
  ): Promise<void> {
    const turn_id = `${this.thread_id}:${++this.#turns}`;
    const disarm = this.budget.arm(abort);
    this.spending.startTurn();
    let end: TurnEnd;
    try {
      const notes = this.#override(overrides);
      this.turn_id = turn_id;
      this.emit({ type: "turn.started", turn_id, context: this.#context() });
      for (const message of notes) showError(this, message);
      end = this.#outlet.lost === null ? await run(abort.signal) : { ok: false, error: INTERRUPTED };
    } catch (error) {
      end = { ok: false, error: abort.signal.aborted ? INTERRUPTED : failureOf(error) };
    }
    disarm();
    if (!end.ok && abort.signal.reason === TIME_IS_OVER)
      end = { ok: false, error: stopFor(this, this.budget.timeStop()).failure };
    this.#open.delete(abort);
    const { lost } = this.#outlet;
    if (lost !== null) end = { ok: false, error: { kind: "internal", message: lost, retryable: false } };
    this.#close(turn_id, end);
    // Said too late for the turn that it was meant for: it is not lost. The turn that waits takes it up, or it starts one.
    if (this.#steered.length > 0 && this.#open.size === 0) this.#startTurn(this.#steered.splice(0).flat(), {});
  }

  /** Takes what a turn changes into the settings; says what the administrator does not allow of it. */
  #override(overrides: Partial<ThreadSettings>): string[] {
    if (overrides.model && overrides.model !== this.settings.model) this.#model = null;
    const policy = overrides.approval_policy ? { granular: null, free_patches: false } : {};
    const wanted = { ...this.settings, ...policy, ...overrides };
    const { notes, ...allowed } = this.services.administrator.restrict(wanted);
    this.settings = { ...wanted, ...allowed };
    return notes;
  }

  #close(turn_id: string, end: TurnEnd): void {
    const counts: { usage: Usage; turn_usage: Usage } = { usage: this.spending.total, turn_usage: this.spending.turn };
    if (end.ok) this.emit({ type: "turn.completed", turn_id, ...counts });
    else this.emit({ type: "turn.failed", turn_id, error: end.error, ...counts });
  }

  async #addInput(input: InputPart[], signal: AbortSignal): Promise<void> {
    const date = this.services.date();
    if (this.history.items.length === 0) {
      for (const item of openingItems(this.settings, date)) this.addHistory(item);
    } else if (this.#surroundingsChanged()) {
      this.addHistory(environmentItem(this.settings, date));
    }
    this.#told = this.#context();
    if (this.services.hooks) await this.#tellHooks(input, signal);
    if (input.length === 0) return;
    const { item, warnings } = await readInput(input, this.settings.cwd);
    for (const message of warnings) showError(this, message);
    this.addHistory(item);
  }

  async #tellHooks(input: InputPart[], signal: AbortSignal): Promise<void> {
    const { fire, firePrompt } = await import("./hooks.ts");
    const source = this.#source;
    this.#source = null;
    if (source) await fire(this, { hook_event_name: "SessionStart", source }, signal);
    const prompt = input.map((part) => (part.type === "text" ? part.text : "")).join("\n\n");
    if (input.length > 0) await firePrompt(this, prompt, signal);
  }

  #surroundingsChanged(): boolean {
    const [told, now] = [this.#told, this.#context()];
    if (told === null) return false;
    const { cwd, sandbox_mode, approval_policy } = now;
    return cwd !== told.cwd || sandbox_mode !== told.sandbox_mode || approval_policy !== told.approval_policy;
  }

  #context(): TurnContext {
    const { cwd, model, model_provider, effort, approval_policy, sandbox_mode } = this.settings;
    return { cwd, model, model_provider, effort, approval_policy, sandbox_mode };
  }

  emit(body: EventBody): void {
    this.#outlet.emit(body);
  }

  tap(): ReturnType<Outlet["tap"]> {
    return this.#outlet.tap();
  }

  emitDelta(...delta: Parameters<Outlet["emitDelta"]>): void {
    this.#outlet.emitDelta(...delta);
  }

  ready(): Promise<void> | null {
    return this.#outlet.channel.ready();
  }

  newItemId(): string {
    return this.#outlet.newItemId();
  }

  addHistory(item: HistoryItem): void {
    this.history.add(item);
    this.meter.add(item);
    this.emit({ type: "history.added", item });
    if (this.#notes.length === 0 || this.history.openCalls().length > 0) return;
    for (const note of this.#notes.splice(0)) this.addHistory(note);
  }

  addNote(item: HistoryItem): void {
    if (this.history.openCalls().length > 0) this.#notes.push(item);
    else this.addHistory(item);
  }

  replaceHistory(items: HistoryItem[], tokens_before: number, tokens_after: number): void {
    this.history.replace([...items]);
    this.meter.replace(items);
    this.emit({ type: "history.compacted", history: items, tokens_before, tokens_after });
  }

  addRule(rule: Rules["prefix"][number], text: string): void {
    this.rules = { ...this.rules, prefix: [...this.rules.prefix, rule] };
    this.services.saveRule(text);
  }

  tighten(): void {
    if (this.settings.approval_policy !== "never") this.settings = { ...this.settings, approval_policy: "untrusted" };
  }

  interrupt(): void {
    for (const turn of this.#open) turn.abort();
  }

  async takeSteered(): Promise<HistoryItem[]> {
    const read = await Promise.all(this.#steered.splice(0).map((input) => readInput(input, this.settings.cwd)));
    return read.map(({ item }) => item);
  }

  model(): Promise<ModelClient> {
    this.#model ??= this.services.openModel();
    return this.#model;
  }

  modelInfo(): Promise<ModelInfo> {
    return this.services.modelInfo(this.settings.model);
  }

  sandbox(): Promise<Sandbox> {
    this.#sandbox ??= this.services.openSandbox();
    return this.#sandbox;
  }
}

/** An exception here is a bug, unless something below ended the turn on purpose. */
function failureOf(error: unknown): Failure {
  if (error instanceof TurnFailed) return error.failure;
  const message = error instanceof Error ? error.message : String(error);
  return { kind: "internal", message, retryable: false };
}
