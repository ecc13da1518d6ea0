import { BYTES_PER_TOKEN } from "../base/index.ts";
import type { HookInput, HookVerdict } from "../config/index.ts";
import type { Permit } from "../policy/index.ts";
import { truncateMiddle } from "../process/index.ts";
import type { Effect, HistoryItem, Json, JsonObject, SandboxMode } from "../protocol/index.ts";
import { type Emitter, showError } from "./emitter.ts";
import { TurnFailed } from "./failed.ts";
import { inPlan } from "./plan-mode.ts";
import { developerItem } from "./request/instructions.ts";
import type { Part } from "./state.ts";

/** What a hook's input has of its own; the rest is the thread's. */
export type HookFields = HookInput extends infer I
  ? I extends HookInput
    ? Omit<I, "session_id" | "turn_id" | "transcript_path" | "cwd" | "model" | "permission_mode">
    : never
  : never;

/** What hooks are told of a thread, and where they are heard. */
export type HookedThread = Emitter & Part<"thread_id" | "turn_id" | "settings" | "services" | "conversation">;

/**
 * Runs the hooks of an event, shows what they have to say to the user and tells the model what is meant for it. null: there
 * are no hooks. Throws TurnFailed when one of them ends the turn.
 */
export async function fire(state: HookedThread, fields: HookFields, signal: AbortSignal): Promise<HookVerdict | null> {
  const verdict = await tell(state, fields, signal);
  if (verdict === null) return null;
  for (const text of verdict.context) state.conversation.addNote(developerItem(capped(state, text)));
  if (verdict.stop !== null) throw new TurnFailed({ kind: "interrupted", message: verdict.stop, retryable: false });
  return { ...verdict, reason: verdict.reason && capped(state, verdict.reason) };
}

/** The same, but nothing goes to the model, and nothing ends. */
export async function tell(state: HookedThread, fields: HookFields, signal: AbortSignal): Promise<HookVerdict | null> {
  const { hooks, transcript_path } = state.services;
  if (hooks === null) return null;
  const { settings, thread_id: session_id, turn_id } = state;
  const { cwd, model } = settings;
  const permission_mode = permissionMode(settings);
  const common = { session_id, turn_id, transcript_path, cwd, model, permission_mode };
  const verdict = await hooks.fire({ ...common, ...fields } as HookInput, signal);
  if (verdict === null) return null;
  // A program that was not waited for may answer when its turn is over; then nobody listens.
  if (state.turn_id === turn_id && !signal.aborted) show(state, [...verdict.messages, ...verdict.problems]);
  return verdict;
}

function show(state: HookedThread, messages: string[]): void {
  for (const message of messages) showError(state, message);
}

/** What a program says to the model is held to the size of a tool's output. */
function capped({ settings }: HookedThread, text: string): string {
  return truncateMiddle(text, settings.tool_output_token_limit * BYTES_PER_TOKEN).text;
}

/** How approvals stand, in Claude Code's words. */
function permissionMode(settings: HookedThread["settings"]): HookInput["permission_mode"] {
  if (inPlan(settings)) return "plan";
  const { approval_policy, sandbox_mode, free_patches } = settings;
  if (approval_policy === "never") return sandbox_mode === "danger-full-access" ? "bypassPermissions" : "dontAsk";
  return free_patches ? "acceptEdits" : "default";
}

/** What a call came to: by the form of the hooks that are told of it, and what went wrong; null: nothing did. */
export interface CallResult {
  /** null: codex does not tell of it. */
  codex: Json;
  /** null: Claude Code has another event for it. */
  claude: Json;
  error: string | null;
}

/** Tells hooks what a call came to. What the model is to read beside its output, because one of them objects. */
export async function fireAfter(
  state: HookedThread,
  told: { tool_name: string; tool_input: JsonObject; tool_use_id: string },
  { error, ...tool_response }: CallResult,
  signal: AbortSignal,
): Promise<string[]> {
  const after = await fire(state, { hook_event_name: "PostToolUse", ...told, tool_response }, signal);
  const failure = { hook_event_name: "PostToolUseFailure", ...told, is_interrupt: false } as const;
  const failed = error === null ? null : await fire(state, { ...failure, error }, signal);
  const objects = (verdict: HookVerdict | null) =>
    verdict?.block ? [verdict.reason ?? "a hook objects to this result"] : [];
  return [...objects(after), ...objects(failed)];
}

/** A prompt that a hook blocks is not sent: the turn ends with the hook's reason. */
export async function firePrompt(state: HookedThread, prompt: string, signal: AbortSignal): Promise<void> {
  const verdict = await fire(state, { hook_event_name: "UserPromptSubmit", prompt }, signal);
  if (!verdict?.block) return;
  const message = verdict.reason ?? "a hook blocked the prompt";
  throw new TurnFailed({ kind: "invalid_request", message, retryable: false });
}

/**
 * Asks the hooks before a thread is compacted; null: go on. Else why not, for the user. `manual`: the user asked for it,
 * with `custom_instructions` ("" when there are none). Throws TurnFailed when a hook ends the turn.
 */
export async function firePreCompact(
  state: HookedThread,
  trigger: "manual" | "auto",
  custom_instructions: string,
  signal: AbortSignal,
): Promise<string | null> {
  const fields = { hook_event_name: "PreCompact", trigger, custom_instructions } as const;
  const verdict = await fire(state, fields, signal);
  return verdict?.block ? (verdict.reason ?? "a hook does not want it") : null;
}

/** Tells hooks that the history was replaced by notes; what those of SessionStart add goes to the model, behind the notes. */
export async function firePostCompact(
  state: HookedThread,
  trigger: "manual" | "auto",
  compact_summary: string,
  signal: AbortSignal,
): Promise<void> {
  await fire(state, { hook_event_name: "PostCompact", trigger, compact_summary }, signal);
  await fire(state, { hook_event_name: "SessionStart", source: "compact" }, signal);
}

/** Tells hooks that the thread ends. It ends whatever they say, and nobody is there to read what they would add. */
export async function fireSessionEnd(state: HookedThread): Promise<void> {
  await tell(state, { hook_event_name: "SessionEnd", reason: "other" }, new AbortController().signal);
}

/** What the model is told when a hook does not let the turn end yet; null: it may end. */
export async function fireStop(state: HookedThread, active: boolean, signal: AbortSignal): Promise<HistoryItem | null> {
  const last_assistant_message = lastMessage(state.conversation.items);
  const fields = { hook_event_name: "Stop", stop_hook_active: active, last_assistant_message } as const;
  const verdict = await fire(state, fields, signal);
  return verdict?.block ? developerItem(verdict.reason ?? "a hook asks you to go on") : null;
}

function lastMessage(items: readonly HistoryItem[]): string | null {
  const last = items.findLast((item) => item.type === "message" && item.role === "assistant");
  if (last?.type !== "message") return null;
  return last.content.map((part) => (part.type === "output_text" ? part.text : "")).join("");
}

/** A question that waits for a person, as hooks are told of it. */
interface HookQuestion {
  effect: Effect;
  /** Why moat asks. */
  reason: string;
  permit: Permit;
}

/** What a PermissionRequest hook answers in the user's place; null: the user is asked, and Notification hooks are told so. */
export async function askHooks(
  state: HookedThread,
  { effect, reason, permit }: HookQuestion,
  signal: AbortSignal,
): Promise<"allow" | { denied: string } | null> {
  const call = toldCall(effect);
  const sandbox = permit.sandboxed ? state.settings.sandbox_mode : ("danger-full-access" satisfies SandboxMode);
  const fields = { hook_event_name: "PermissionRequest", ...call, reason, sandbox } as const;
  const verdict = await fire(state, fields, signal);
  if (verdict?.permission === "allow") return "allow";
  if (verdict?.permission === "deny") return { denied: refusal(verdict) };
  notify(state, call, signal);
  return null;
}

/** What the model is told of a call that a hook refused. */
export function refusal({ reason }: HookVerdict): string {
  return `not run: a hook refused it${reason ? `: ${reason}` : ""}`;
}

function toldCall(effect: Effect): { tool_name: string; tool_input: JsonObject } {
  if (effect.kind === "command") {
    const description = effect.escalation?.justification ?? null;
    return { tool_name: "Bash", tool_input: { command: effect.command, ...(description ? { description } : {}) } };
  }
  if (effect.kind === "mcp")
    return { tool_name: `mcp__${effect.server}__${effect.tool}`, tool_input: effect.arguments ?? {} };
  const files = effect.changes.map(({ path }) => path);
  return { tool_name: "apply_patch", tool_input: { file_path: files[0] ?? null, files } };
}

/** Tells hooks that a person is waited for; nothing waits for them, and the model does not hear of it. */
function notify(state: HookedThread, call: ReturnType<typeof toldCall>, signal: AbortSignal): void {
  const { command, files } = call.tool_input;
  const what = [command ?? files ?? call.tool_name].flat().join(", ");
  const message = `moat asks for permission: ${what}`;
  const fields = { hook_event_name: "Notification", message, notification_type: "permission_prompt" } as const;
  tell(state, fields, signal).catch(() => {});
}
