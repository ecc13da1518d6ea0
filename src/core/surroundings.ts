import type { HistoryItem, InputPart, TurnContext } from "../protocol/index.ts";
import { showError } from "./emitter.ts";
import type { HookedThread } from "./hooks.ts";
import { readInputParts } from "./request/input.ts";
import { changedInstructions, environmentItem, openingItems, skillItem } from "./request/instructions.ts";
import type { ThreadSettings } from "./settings.ts";

/** The settings that a turn runs under, as they are recorded. */
export function contextOf(settings: ThreadSettings): TurnContext {
  const { cwd, model, model_provider, effort, approval_policy, sandbox_mode, after_plan: after } = settings;
  const { approval_policy: asks, sandbox_mode: mode } = after ?? settings;
  const later = after === undefined ? {} : { after_plan: { approval_policy: asks, sandbox_mode: mode } };
  return { cwd, model, model_provider, effort, approval_policy, sandbox_mode, ...later };
}

/** What the model is told of. Its plan is for what holds after plan mode, but that is no news before it is over. */
function changed(now: TurnContext, told: TurnContext): boolean {
  const planned = (context: TurnContext) => context.after_plan !== undefined;
  return (
    now.cwd !== told.cwd ||
    now.sandbox_mode !== told.sandbox_mode ||
    now.approval_policy !== told.approval_policy ||
    planned(now) !== planned(told)
  );
}

/** Skills that the user's words name as `$name`. */
function namedSkills({ skills }: ThreadSettings, input: readonly InputPart[]): ThreadSettings["skills"][number][] {
  const words = input.map((part) => (part.type === "text" ? part.text : "")).join("\n");
  const named = new Set([...words.matchAll(/(?:^|\s)\$([\w.-]+)/g)].map(([, name]) => name));
  return skills.filter(({ name }) => named.has(name));
}

/** What the model is told before the user's words: where it is, when that is new, and what hooks want to add. */
export class Surroundings {
  /** What it was last told. */
  #told: TurnContext | null;
  /** It may have been told instructions of the project that are others by now. */
  #stored: boolean;
  /** How the thread came up, until hooks were told. */
  #source: "startup" | "resume" | null;

  /** @param resumed the context that a stored thread ended with; undefined: the thread is new */
  constructor(resumed: TurnContext | null | undefined) {
    this.#told = resumed ?? null;
    this.#stored = resumed !== undefined;
    this.#source = resumed === undefined ? "startup" : "resume";
  }

  /** Hooks were told that the thread began, so that they are to be told of its end. */
  get begun(): boolean {
    return this.#source === null;
  }

  /** Takes up what the user says; an empty input goes on with what is there. */
  async takeUp(thread: HookedThread, input: InputPart[], signal: AbortSignal): Promise<void> {
    const { settings, conversation } = thread;
    for (const item of this.#news(thread)) conversation.add(item);
    this.#told = contextOf(settings);
    if (thread.services.hooks) await this.#tellHooks(thread, input, signal);
    if (input.length === 0) return;
    const { item, warnings } = await readInputParts(input, settings.cwd);
    for (const message of warnings) showError(thread, message);
    for (const skill of namedSkills(settings, input)) conversation.add(skillItem(skill));
    conversation.add(item);
  }

  #news({ settings, services, conversation }: HookedThread): HistoryItem[] {
    const date = services.date();
    if (conversation.items.length === 0) return openingItems(settings, date);
    const kept = (text: string) => services.secrets.redact(text);
    const instructions = this.#stored ? changedInstructions(settings, conversation.items, kept) : [];
    this.#stored = false;
    const told = this.#told;
    if (told === null || !changed(contextOf(settings), told)) return instructions;
    return [...instructions, environmentItem(settings, date, told.after_plan !== undefined)];
  }

  async #tellHooks(thread: HookedThread, input: InputPart[], signal: AbortSignal): Promise<void> {
    const { fire, firePrompt } = await import("./hooks.ts");
    const source = this.#source;
    this.#source = null;
    if (source) await fire(thread, { hook_event_name: "SessionStart", source }, signal);
    const prompt = input.map((part) => (part.type === "text" ? part.text : "")).join("\n\n");
    if (input.length > 0) await firePrompt(thread, prompt, signal);
  }
}
