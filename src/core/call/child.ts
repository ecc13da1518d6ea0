import { isOfChild } from "../../protocol/index.ts";
import { narrowerMode, narrowerPolicy } from "../../session/index.ts";
import type { ChildAnswer, ChildTask } from "../../tools/index.ts";
import type { ChildThread, ThreadSettings } from "../settings.ts";
import type { Part } from "../state.ts";

/** Who may have children. */
export type ParentThread = Part<
  "settings" | "services" | "permissions" | "budget" | "children" | "pass" | "ready" | "thread_id"
>;

/**
 * Lets a child thread do a task, in one turn. Its events come out of the parent, questions among them; when the call is aborted,
 * so is the child. It never has more than its parent.
 */
export async function askChild(state: ParentThread, task: ChildTask, signal: AbortSignal): Promise<ChildAnswer> {
  const child = state.services.openChild({ settings: narrowed(state, task), budget: state.budget });
  const interrupt = () => child.submit({ type: "interrupt" });
  signal.addEventListener("abort", interrupt, { once: true });
  state.children.add(child);
  child.submit({ type: "user_turn", input: [{ type: "text", text: task.prompt }] });
  if (signal.aborted) interrupt();
  try {
    return await answerOf(state, child);
  } finally {
    state.children.delete(child);
    signal.removeEventListener("abort", interrupt);
  }
}

async function answerOf(state: ParentThread, child: ChildThread): Promise<ChildAnswer> {
  let answer: ChildAnswer = { ok: false, message: "the thread ended without an answer" };
  let said = "";
  for await (const event of child.events) {
    state.pass({ ...event, thread_id: event.thread_id ?? child.thread_id });
    const full = state.ready();
    if (full) await full;
    if (isOfChild(event, child.thread_id)) continue;
    if (event.type === "item.completed" && (event.item.type === "agent_message" || event.item.type === "plan"))
      said = event.item.text;
    if (event.type === "turn.failed") answer = { ok: false, message: event.error.message };
    if (event.type === "turn.completed") answer = { ok: true, text: said };
    if (event.type === "turn.failed" || event.type === "turn.completed") child.submit({ type: "shutdown" });
  }
  return answer;
}

/** The parent's settings with what the task changes, as far as that is not wider. */
function narrowed({ settings, permissions }: ParentThread, { model, effort, ...task }: ChildTask): ThreadSettings {
  const { sandbox_mode, approval_policy } = settings;
  return {
    ...settings,
    model: model ?? settings.model,
    effort: effort ?? settings.effort,
    sandbox_mode: narrowerMode(sandbox_mode, task.sandbox_mode ?? sandbox_mode),
    approval_policy: narrowerPolicy(approval_policy, task.approval_policy ?? approval_policy),
    rules: permissions.rules,
    // It is for the parent's own last words.
    output_schema: null,
  };
}
