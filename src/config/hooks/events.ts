/** Moments at which programs of the user are run; names as codex and Claude Code have them. */
export const HOOK_EVENTS = [
  "SessionStart",
  "UserPromptSubmit",
  "PreToolUse",
  "PostToolUse",
  "PostToolUseFailure",
  "PermissionRequest",
  "PreCompact",
  "PostCompact",
  "SubagentStart",
  "SubagentStop",
  "Stop",
  "SessionEnd",
  "Notification",
] as const;

export type HookEvent = (typeof HOOK_EVENTS)[number];

/** Whose scripts a file holds: what a call gave is told in the form that they read. */
export type HookForm = "codex" | "claude";

export function isHookEvent(name: string): name is HookEvent {
  return (HOOK_EVENTS as readonly string[]).includes(name);
}
