import type { HistoryItem } from "./history.ts";

/**
 * How a user message begins that no person wrote: the environment, the project's instructions and their kind, as moat and
 * the Codex CLI (`codex-rs/protocol`, its context fragments) put them before a prompt.
 */
const CONTEXT =
  /^\s*(?:<(?:environment_context|user_instructions|permissions|skill|turn_aborted|user_shell_command)\b|# AGENTS\.md instructions)/;

/** What a person said, as text; null when the item is something else. Images count as a word in brackets. */
export function promptText(item: HistoryItem): string | null {
  if (item.type !== "message" || item.role !== "user" || !Array.isArray(item.content)) return null;
  const text = item.content
    .map((part) => (part.type === "input_text" ? part.text : part.type === "input_image" ? "[image]" : ""))
    .filter((part) => part !== "" && !/^<\/?image\b[^>]*>$/.test(part))
    .join("\n");
  return CONTEXT.test(text) ? null : text;
}
