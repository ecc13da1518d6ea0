import type { HookInput, HookVerdict } from "../config/index.ts";
import type { Effect, HistoryItem, JsonObject, SandboxMode } from "../protocol/index.ts";
import { TurnFailed } from "./failed.ts";
import { developerItem } from "./instructions.ts";
import type { ThreadState } from "./state.ts";

/** What a hook's input has of its own; the rest is the thread's. */
export type HookFields = HookInput extends infer I
  ? I extends HookInput
    ? Omit<I, "session_id" | "turn_id" | "transcript_path" | "cwd" | "model" | "permission_mode">
    : never
  : never;

/** A call as hooks are told of it. */
export interface HookCall {
  tool_name: string;
  tool_input: JsonObject;
}

/** Runs the hooks of an event and shows what they have to say to the user. null: there are none, or they said nothing. */
export async function fire(state: ThreadState, fields: HookFields, signal: AbortSignal): Promise<HookVerdict | null> {
  const { hooks } = state.services;
  if (hooks === null) return null;
  const { settings, thread_id } = state;
  const input = {
    session_id: thread_id,
    turn_id: state.turn_id,
    transcript_path: state.services.transcript_path,
    cwd: settings.cwd,
    model: settings.model,
    permission_mode: permissionMode(settings.approval_policy, settings.sandbox_mode, settings.free_patches),
    ...fields,
  } as HookInput;
  const verdict = await hooks.fire(input, signal);
  for (const message of [...verdict.messages, ...verdict.problems]) {
    state.emit({ type: "item.completed", item: { id: state.newItemId(), type: "error", message } });
  }
  if (verdict.stop !== null) throw new TurnFailed({ kind: "interrupted", message: verdict.stop, retryable: false });
  for (const text of verdict.context) state.addHistory(developerItem(text));
  return verdict;
}

/** How approvals stand, in Claude Code's words. */
function permissionMode(policy: string, sandbox: SandboxMode, free_patches: boolean): HookInput["permission_mode"] {
  if (policy === "never") return sandbox === "danger-full-access" ? "bypassPermissions" : "dontAsk";
  return free_patches ? "acceptEdits" : "default";
}

/** A prompt that a hook blocks is not sent: the turn ends with the hook's reason. */
export async function firePrompt(state: ThreadState, prompt: string, signal: AbortSignal): Promise<void> {
  const verdict = await fire(state, { hook_event_name: "UserPromptSubmit", prompt }, signal);
  if (!verdict?.block) return;
  const message = verdict.reason ?? "a hook blocked the prompt";
  throw new TurnFailed({ kind: "invalid_request", message, retryable: false });
}

/** What the model is told when a hook does not let the turn end yet; null: it may end. */
export async function fireStop(state: ThreadState, active: boolean, signal: AbortSignal): Promise<HistoryItem | null> {
  const last_assistant_message = lastMessage(state.history.items);
  const fields = { hook_event_name: "Stop", stop_hook_active: active, last_assistant_message } as const;
  const verdict = await fire(state, fields, signal);
  return verdict?.block ? developerItem(verdict.reason ?? "a hook asks you to go on") : null;
}

function lastMessage(items: readonly HistoryItem[]): string | null {
  const last = items.findLast((item) => item.type === "message" && item.role === "assistant");
  if (last?.type !== "message") return null;
  return last.content.map((part) => (part.type === "output_text" ? part.text : "")).join("");
}

/** Tells hooks that a person is waited for; nothing waits for them. */
export function notify(state: ThreadState, effect: Effect, signal: AbortSignal): void {
  const what = effect.kind === "command" ? effect.command : effect.kind === "patch" ? "a patch" : effect.tool;
  const fields = {
    hook_event_name: "Notification",
    message: `moat asks for permission: ${what}`,
    notification_type: "permission_prompt",
  } as const;
  fire(state, fields, signal).catch(() => {});
}
