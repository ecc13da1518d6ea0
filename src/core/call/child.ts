import { isOfChild, type Op } from "../../protocol/index.ts";
import { narrowerMode, narrowerPolicy } from "../../session/index.ts";
import type { ChildAnswer, ChildTask } from "../../tools/index.ts";
import type { HookedThread } from "../hooks.ts";
import type { ChildThread, ThreadSettings } from "../settings.ts";
import type { Part } from "../state.ts";

/** Who may have children. */
export type ParentThread = HookedThread & Part<"permissions" | "budget" | "children" | "pass" | "ready" | "files">;

/**
 * Lets a child thread do a task, in one turn. Its events come out of the parent, questions among them; when the call is aborted,
 * so is the child. It never has more than its parent.
 */
export async function askChild(state: ParentThread, task: ChildTask, signal: AbortSignal): Promise<ChildAnswer> {
  const { hooks: own } = state.services;
  const hooks = own === null ? null : (await import("./child-hooks.ts")).hooksOfChild(own);
  const child = state.services.openChild({
    settings: childSettings(state, task),
    budget: state.budget,
    hooks,
    checkpoints: state.files.shared,
  });
  const interrupt = () => child.submit({ type: "interrupt" });
  signal.addEventListener("abort", interrupt, { once: true });
  state.children.add(child);
  try {
    const added = await begun(state, child, signal);
    child.submit(childTurn([task.prompt, ...added]));
    if (signal.aborted) interrupt();
    let last: ChildAnswer = { ok: false, message: "the thread ended without an answer" };
    await followChild(state, child, signal, (answer) => {
      last = answer;
      child.submit({ type: "shutdown" });
    });
    return last;
  } finally {
    state.children.delete(child);
    signal.removeEventListener("abort", interrupt);
  }
}

export const childTurn = (texts: string[]): Op => ({
  type: "user_turn",
  input: texts.map((text) => ({ type: "text", text })),
});

/** What hooks want a child to know. */
export async function begun(state: ParentThread, { thread_id }: ChildThread, signal: AbortSignal): Promise<string[]> {
  if (state.services.hooks === null) return [];
  return (await import("./child-hooks.ts")).fireSubagentStart(state, thread_id, signal);
}

/** Why hooks do not let a child end yet. */
async function kept(
  state: ParentThread,
  { thread_id }: ChildThread,
  said: { active: boolean; last: string },
  signal: AbortSignal,
): Promise<string | null> {
  if (state.services.hooks === null) return null;
  return (await import("./child-hooks.ts")).fireSubagentStop(state, thread_id, said, signal);
}

/** Lets out what a child says, until it ends. `settled` gets what each of its turns came to. */
export async function followChild(
  state: ParentThread,
  child: ChildThread,
  signal: AbortSignal,
  settled: (answer: ChildAnswer) => void,
): Promise<void> {
  let active = false;
  let said = "";
  for await (const event of child.events) {
    state.pass({ ...event, thread_id: event.thread_id ?? child.thread_id });
    const full = state.ready();
    if (full) await full;
    if (isOfChild(event, child.thread_id)) continue;
    if (event.type === "item.completed" && (event.item.type === "agent_message" || event.item.type === "plan"))
      said = event.item.text;
    if (event.type === "turn.failed") settled({ ok: false, message: event.error.message });
    if (event.type !== "turn.completed") continue;
    const more = await kept(state, child, { active, last: said }, signal);
    active = more !== null;
    if (more === null) settled({ ok: true, text: said });
    else child.submit(childTurn([more]));
  }
}

/** The parent's settings with what the task changes, as far as that is not wider. */
export function childSettings(
  { settings, permissions }: ParentThread,
  { model, effort, ...task }: ChildTask,
): ThreadSettings {
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
