import { type AgentContext, type PromptResponse, RequestError, type SessionUpdate } from "@agentclientprotocol/sdk";
import { inputFromForm } from "../../app/forms.ts";
import { contextOf, type Thread, withPlan } from "../../core/index.ts";
import {
  carryOut,
  type Event,
  type InputPart,
  isOfChild,
  type SettingsChange,
  type TurnContext,
} from "../../protocol/index.ts";
import { configOptions, type ModelChoice, modesOf } from "./config-options.ts";
import { carriesOut, elicitation, permissionDecision, permissionRequest, planRequest } from "./questions.ts";
import type { SlashOp } from "./slash.ts";
import type { ClientSupport } from "./support.ts";
import { OpenPrompt } from "./turn.ts";
import { notice, Updates } from "./updates.ts";

/** Least time between two updates that show the same command's output, in ms: an editor draws each of them anew. */
const OUTPUT_MS = 100;

/** Gives questions that nobody needs an answer to any more a reason. */
const SETTLED = "the question is settled";

/** All that can be chosen, with what is: to see whether it is news. */
const choicesOf = (context: TurnContext) => JSON.stringify(configOptions(context, []));

type Asking = Extract<Event, { type: "approval.requested" | "user_input.requested" }>;

/** Which question an event is about, among those of the thread and of its children. */
const questionKey = ({ type, thread_id = "" }: Event, call_id: string) =>
  `${type.split(".")[0]} ${thread_id} ${call_id}`;

/** One thread with the editor that talks to it. */
export class Session {
  readonly #thread: Thread;
  readonly #client: AgentContext;
  readonly #support: ClientSupport;
  readonly #updates: Updates;
  readonly #children = new Map<string, Updates>();
  /** Questions that the editor was asked and that wait. */
  readonly #questions = new Map<string, AbortController>();
  #models: readonly ModelChoice[] = [];
  #prompt: OpenPrompt | null = null;
  /** How many the person asked for. */
  #compactions = 0;
  /** As the settings are, or will be once the turn that runs is over. */
  #shown: TurnContext;
  /** What the editor was last told of them. */
  #told: TurnContext;
  #timer: Timer | null = null;
  #ended: Promise<void> | null = null;

  constructor(thread: Thread, client: AgentContext, support: ClientSupport) {
    this.#thread = thread;
    this.#client = client;
    this.#support = support;
    this.#updates = new Updates(support, "live", { thread_id: thread.thread_id, cwd: thread.settings.cwd });
    this.#shown = contextOf(thread.settings);
    this.#told = this.#shown;
  }

  get id(): string {
    return this.#thread.thread_id;
  }

  /** Modes and options, as answers to the requests that open a session have them. */
  get state() {
    return { modes: modesOf(this.#shown), configOptions: configOptions(this.#shown, this.#models) };
  }

  /** Shows what happened in the thread before it is gone on with. */
  async replay(past: Iterable<Event>): Promise<void> {
    this.#updates.telling = "past";
    for (const event of past) for (const update of this.#updates.of(event)) await this.#send(update);
    this.#updates.telling = "live";
  }

  /** Begins to show what happens. */
  start(): void {
    this.#ended ??= this.#follow();
  }

  /** Tells the person something that moat has to say. */
  async warn(title: string, number: number): Promise<void> {
    await this.#send(notice(this.#support, "warning", title, `warning_${number}`));
  }

  async announce(update: SessionUpdate): Promise<void> {
    await this.#send(update);
  }

  /** Takes the list of models that can be chosen. */
  async offer(models: readonly ModelChoice[]): Promise<void> {
    this.#models = models;
    await this.#send({ sessionUpdate: "config_option_update", configOptions: this.state.configOptions });
  }

  get context(): TurnContext {
    return this.#shown;
  }

  /** Changes settings, at once or after the turn that runs. */
  change(changes: SettingsChange): void {
    this.#thread.submit({ type: "settings", changes });
    const { plan = this.#shown.after_plan !== undefined, ...rest } = changes;
    const { settings } = this.#thread;
    this.#shown = contextOf(this.#thread.busy ? withPlan({ ...withPlan(settings, false), ...rest }, plan) : settings);
  }

  /** Says something, or does what a slash asks for; resolves when that is over and all of it was shown. */
  prompt(input: InputPart[] | SlashOp, signal: AbortSignal): Promise<PromptResponse> {
    if (this.#prompt)
      throw RequestError.invalidRequest(undefined, "a prompt of this session is running; cancel it first");
    const open = new OpenPrompt();
    this.#prompt = open;
    signal.addEventListener("abort", () => this.#prompt === open && this.cancel(), { once: true });
    if (Array.isArray(input)) this.#thread.submit({ type: "user_turn", input });
    else void this.#slash(input, open);
    return open.response;
  }

  async #slash(op: SlashOp, open: OpenPrompt): Promise<void> {
    if (op.type === "compact")
      for (const update of this.#updates.compacting(`compaction_${++this.#compactions}`)) await this.#send(update);
    open.restores = op.type !== "compact";
    this.#thread.submit(op);
  }

  /** Stops the turn with its commands, and every question. */
  cancel(): void {
    if (this.#prompt) this.#prompt.cancelled = true;
    this.#thread.submit({ type: "interrupt" });
    for (const question of this.#questions.values()) question.abort(SETTLED);
  }

  /** Stops everything that runs; resolves when nothing does any more and the thread is closed. */
  async close(): Promise<void> {
    this.cancel();
    this.#thread.submit({ type: "shutdown" });
    this.start();
    await this.#ended;
  }

  async #follow(): Promise<void> {
    for await (const event of this.#thread.events) await this.#take(event);
    if (this.#timer) clearTimeout(this.#timer);
    this.#prompt?.fail({ kind: "interrupted", message: "the session was closed", retryable: false });
  }

  async #take(event: Event): Promise<void> {
    const child = isOfChild(event, this.id);
    const updates = child ? this.#child(event.thread_id ?? "") : this.#updates;
    for (const update of updates.of(event)) await this.#send(update);
    if (updates.calls.behind) this.#timer ??= setTimeout(() => void this.#catchUp(), OUTPUT_MS);
    if (event.type === "approval.requested" || event.type === "user_input.requested") void this.#ask(event, updates);
    if (event.type === "approval.resolved" || event.type === "user_input.resolved")
      this.#questions.get(questionKey(event, event.call_id))?.abort(SETTLED);
    if (child) return;
    if (event.type === "settings.changed" || event.type === "turn.started") await this.#tellContext(event.context);
    if (event.type === "item.completed" && event.item.type === "plan" && this.#prompt)
      this.#prompt.plan = event.item.text;
    // What was taken back, or why nothing was, is no turn.
    const restored = event.type === "files.restored" || event.type === "error";
    if (restored && this.#prompt?.restores) this.#over()?.end();
    if (event.type === "turn.completed") void this.#completed();
    if (event.type === "turn.failed") this.#over()?.fail(event.error);
  }

  #child(thread_id: string): Updates {
    const known =
      this.#children.get(thread_id) ?? new Updates(this.#support, "child", { thread_id, cwd: this.#shown.cwd });
    this.#children.set(thread_id, known);
    return known;
  }

  async #catchUp(): Promise<void> {
    this.#timer = null;
    for (const updates of [this.#updates, ...this.#children.values()])
      for (const update of updates.calls.catchUp()) await this.#send(update);
  }

  async #tellContext(context: TurnContext): Promise<void> {
    this.#shown = context;
    const told = this.#told;
    if (choicesOf(context) === choicesOf(told)) return;
    this.#told = context;
    const { currentModeId } = modesOf(context);
    if (currentModeId !== modesOf(told).currentModeId)
      await this.#send({ sessionUpdate: "current_mode_update", currentModeId });
    const { configOptions: options } = this.state;
    await this.#send({ sessionUpdate: "config_option_update", configOptions: options });
  }

  /** The prompt that is over now. */
  #over(): OpenPrompt | null {
    const open = this.#prompt;
    this.#prompt = null;
    return open;
  }

  /** A plan is put to the person; carrying it out belongs to the same prompt. */
  async #completed(): Promise<void> {
    const open = this.#prompt;
    const plan = open?.plan ?? null;
    if (open && plan !== null && !open.cancelled && (await this.#asksForPlan(plan))) {
      open.plan = null;
      this.#thread.submit(carryOut(plan));
    } else this.#over()?.end();
  }

  async #asksForPlan(plan: string): Promise<boolean> {
    const answer = await this.#question("plan", (cancellationSignal) =>
      this.#client.request("session/request_permission", planRequest(this.id, "plan", plan), {
        cancellationSignal,
        stopWaitingOnCancel: true,
      }),
    );
    const yes = answer !== null && carriesOut(answer);
    await this.#send({ sessionUpdate: "tool_call_update", toolCallId: "plan", status: yes ? "completed" : "failed" });
    return yes;
  }

  /** Puts a question to the editor; null: it cannot be asked, or the question was settled otherwise. */
  async #question<T>(key: string, put: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    const abort = new AbortController();
    this.#questions.set(key, abort);
    try {
      return await put(abort.signal);
    } catch {
      return null;
    } finally {
      this.#questions.delete(key);
    }
  }

  async #ask(event: Asking, updates: Updates): Promise<void> {
    const key = questionKey(event, event.request.call_id);
    const { call_id } = event.request;
    const asker = event.thread_id === undefined ? {} : { thread_id: event.thread_id };
    if (event.type === "approval.requested") {
      const toolCallId = updates.calls.asked(event.request);
      const request = permissionRequest(this.id, toolCallId, event.request);
      const answer = await this.#question(key, (cancellationSignal) =>
        this.#client.request("session/request_permission", request, { cancellationSignal, stopWaitingOnCancel: true }),
      );
      const decision = answer
        ? permissionDecision(event.request, answer)
        : ({ type: "denied", reason: "the editor could not ask" } as const);
      this.#thread.submit({ type: "approval", call_id, decision, ...asker });
      return;
    }
    const answer = await this.#input(key, event.request);
    this.#thread.submit({ type: "user_input", call_id, answer, ...asker });
  }

  async #input(key: string, request: Extract<Asking, { type: "user_input.requested" }>["request"]) {
    if (!this.#support.forms)
      return {
        type: "declined",
        reason: "this editor cannot show questions: ask in your message, and end it",
      } as const;
    const answer = await this.#question(key, (cancellationSignal) =>
      this.#client.request("elicitation/create", elicitation(this.id, request), {
        cancellationSignal,
        stopWaitingOnCancel: true,
      }),
    );
    return answer
      ? inputFromForm(request, answer)
      : ({ type: "declined", reason: "the editor could not ask" } as const);
  }

  /** Shows something. An editor that has gone is noticed where its connection ends. */
  async #send(update: SessionUpdate): Promise<void> {
    await this.#client.notify("session/update", { sessionId: this.id, update }).catch(() => {});
  }
}
