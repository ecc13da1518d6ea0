import type { Json, JsonObject, SandboxMode } from "../../protocol/index.ts";
import type { HookEvent, HookForm } from "./events.ts";

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
    | { hook_event_name: "SessionStart"; source: "startup" | "resume" | "compact" }
    | { hook_event_name: "UserPromptSubmit"; prompt: string }
    | { hook_event_name: "PreToolUse"; tool_name: string; tool_input: JsonObject; tool_use_id: string }
    | {
        hook_event_name: "PostToolUse";
        tool_name: string;
        tool_input: JsonObject;
        /** By form; null: scripts of this form are not told, because they have PostToolUseFailure for it. */
        tool_response: Record<HookForm, Json>;
        tool_use_id: string;
      }
    | {
        hook_event_name: "PostToolUseFailure";
        tool_name: string;
        tool_input: JsonObject;
        /** `Exit code N` and what was printed, or what went wrong. */
        error: string;
        is_interrupt: boolean;
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
    | { hook_event_name: "PostCompact"; trigger: "manual" | "auto"; compact_summary: string }
    | { hook_event_name: "SubagentStart"; agent_id: string; agent_type: string }
    | {
        hook_event_name: "SubagentStop";
        agent_id: string;
        agent_type: string;
        /** The agent's own rollout; null: none is kept. */
        agent_transcript_path: string | null;
        stop_hook_active: boolean;
        last_assistant_message: string | null;
      }
    | { hook_event_name: "Stop"; stop_hook_active: boolean; last_assistant_message: string | null }
    | { hook_event_name: "SessionEnd"; reason: "other" }
    | { hook_event_name: "Notification"; message: string; notification_type: string }
  );

/** Names that matchers of the peers use for what one of our tools does. `Bash` with `{command}` is how every command is told. */
const ALIASES: Record<string, readonly string[]> = {
  Bash: ["Bash", "shell", "exec_command"],
  apply_patch: ["apply_patch", "Edit", "Write", "MultiEdit"],
  update_plan: ["update_plan", "TodoWrite"],
};

/** Names of tools in the order in which they are told of; those of servers come beside them. */
const TOOLS = [...Object.values(ALIASES).flat(), "write_stdin", "view_image", "AskUserQuestion", "ExitPlanMode"];

/** All that a matcher of an event can be held against, but for tools of servers; nothing: the event runs all of its hooks. */
export const SUBJECTS: Record<HookEvent, readonly string[]> = {
  SessionStart: ["startup", "resume", "compact"],
  UserPromptSubmit: [],
  PreToolUse: TOOLS,
  PostToolUse: TOOLS,
  PostToolUseFailure: TOOLS,
  PermissionRequest: TOOLS,
  PreCompact: ["manual", "auto"],
  PostCompact: ["manual", "auto"],
  // Agents have the names that their files give them.
  SubagentStart: [],
  SubagentStop: [],
  Stop: [],
  SessionEnd: ["other"],
  Notification: ["permission_prompt"],
};

/** The line of JSON that a hook reads: what a call gave is told in the form of the file that the hook stands in. */
export function inputLine(input: HookInput, form: HookForm): string {
  const told = input.hook_event_name === "PostToolUse" ? { ...input, tool_response: input.tool_response[form] } : input;
  return `${JSON.stringify(told)}\n`;
}

/** Whether hooks of a form are told of it at all. */
export function isTold(input: HookInput, form: HookForm): boolean {
  return input.hook_event_name !== "PostToolUse" || input.tool_response[form] !== null;
}

/** What a hook's matcher is held against. */
export function hookSubjects(input: HookInput): readonly string[] {
  switch (input.hook_event_name) {
    case "PreToolUse":
    case "PostToolUse":
    case "PostToolUseFailure":
    case "PermissionRequest":
      return Object.hasOwn(ALIASES, input.tool_name) ? (ALIASES[input.tool_name] ?? []) : [input.tool_name];
    case "SessionStart":
      return [input.source];
    case "PreCompact":
    case "PostCompact":
      return [input.trigger];
    case "SubagentStart":
    case "SubagentStop":
      return [input.agent_type];
    case "SessionEnd":
      return [input.reason];
    case "Notification":
      return [input.notification_type];
    case "UserPromptSubmit":
    case "Stop":
      return [];
  }
}
