import type { Json, JsonObject, SandboxMode } from "../../protocol/index.ts";

/** What every hook is told. `session_id` is the thread's id: the name is the peers'. */
interface Common {
  session_id: string;
  turn_id: string | null;
  /** The rollout of the thread; null when none is kept. */
  transcript_path: string | null;
  /** Where the program runs. Absolute. */
  cwd: string;
  model: string;
  /** How approvals stand, in Claude Code's words. */
  permission_mode: "default" | "acceptEdits" | "plan" | "bypassPermissions" | "dontAsk";
}

/** The JSON that a hook reads on stdin, by event; the fields that codex and Claude Code give. */
export type HookInput = Common &
  (
    | { hook_event_name: "SessionStart"; source: "startup" | "resume" | "clear" | "compact" }
    | { hook_event_name: "UserPromptSubmit"; prompt: string }
    | { hook_event_name: "PreToolUse"; tool_name: string; tool_input: JsonObject; tool_use_id: string }
    | {
        hook_event_name: "PostToolUse";
        tool_name: string;
        tool_input: JsonObject;
        tool_response: Json;
        tool_use_id: string;
      }
    | {
        hook_event_name: "PermissionRequest";
        tool_name: string;
        tool_input: JsonObject;
        /** Why moat asks, in one sentence. */
        reason: string;
        /** The confinement that the call gets when the answer is yes. */
        sandbox: SandboxMode;
      }
    | { hook_event_name: "PreCompact"; trigger: "manual" | "auto"; custom_instructions: string }
    | { hook_event_name: "Stop"; stop_hook_active: boolean; last_assistant_message: string | null }
    | { hook_event_name: "Notification"; message: string; notification_type: string }
  );

/** Names that matchers of the peers use for what one of our tools does. `Bash` with `{command}` is how every command is told. */
const ALIASES: Record<string, readonly string[]> = {
  Bash: ["Bash", "shell", "exec_command"],
  apply_patch: ["apply_patch", "Edit", "Write", "MultiEdit"],
  update_plan: ["update_plan", "TodoWrite"],
};

/** What a hook's matcher is held against. */
export function hookSubjects(input: HookInput): readonly string[] {
  switch (input.hook_event_name) {
    case "PreToolUse":
    case "PostToolUse":
    case "PermissionRequest":
      return Object.hasOwn(ALIASES, input.tool_name) ? (ALIASES[input.tool_name] ?? []) : [input.tool_name];
    case "SessionStart":
      return [input.source];
    case "PreCompact":
      return [input.trigger];
    case "Notification":
      return [input.notification_type];
    case "UserPromptSubmit":
    case "Stop":
      return [];
  }
}
