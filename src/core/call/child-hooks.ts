import type { HookEvent } from "../../config/index.ts";
import { type HookedThread, tell } from "../hooks.ts";
import type { HookService } from "../settings.ts";

/** Of a child, its parent tells the beginning and the end, under names of their own; nobody typed its prompt. */
const OF_A_SESSION: ReadonlySet<HookEvent> = new Set(["SessionStart", "UserPromptSubmit", "Stop", "SessionEnd"]);

/** What a child has of its parent's hooks: those that are about calls. */
export function hooksOfChild(hooks: HookService | null): HookService | null {
  if (hooks === null) return null;
  return {
    async fire(input, signal) {
      return OF_A_SESSION.has(input.hook_event_name) ? null : hooks.fire(input, signal);
    },
  };
}

/** A child as hooks are told of it. There is one kind of it; the name is codex's. */
const agentOf = (agent_id: string) => ({ agent_id, agent_type: "default" }) as const;

/** Tells hooks that a child begins; what they add is for the child. */
export async function fireSubagentStart(state: HookedThread, child: string, signal: AbortSignal): Promise<string[]> {
  const verdict = await tell(state, { hook_event_name: "SubagentStart", ...agentOf(child) }, signal);
  return verdict?.context ?? [];
}

/** Why a child may not end yet, for the child; null: it may. `active`: it was kept from ending before. */
export async function fireSubagentStop(
  state: HookedThread,
  child: string,
  said: { active: boolean; last: string },
  signal: AbortSignal,
): Promise<string | null> {
  const fields = {
    hook_event_name: "SubagentStop",
    ...agentOf(child),
    agent_transcript_path: null,
    stop_hook_active: said.active,
    last_assistant_message: said.last,
  } as const;
  const verdict = await tell(state, fields, signal);
  return verdict?.block && verdict.stop === null ? (verdict.reason ?? "a hook asks you to go on") : null;
}
