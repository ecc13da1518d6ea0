import type { ContentPart, HistoryItem } from "../../../protocol/index.ts";
import { type Foreign, isObject, listOf, stringOf } from "../foreign.ts";

/**
 * An API item of a Codex rollout as we keep it; null for kinds that only that program understands (its tool search, its
 * snapshots, compactions that only its server can read). Fields that the API does not know are left out: sent back, they
 * would make it refuse the request. `provider`: who thought it, null where the file does not say.
 */
export function historyItem(item: Foreign, provider: string | null): HistoryItem | null {
  const call_id = stringOf(item.call_id) ?? stringOf(item.id) ?? "";
  const id = typeof item.id === "string" ? { id: item.id } : {};
  const status = typeof item.status === "string" ? { status: item.status } : {};
  switch (item.type) {
    case "message":
      return message(item, { ...id, ...status });
    case "reasoning": {
      const summary = texts(item.summary).map((text) => ({ type: "summary_text" as const, text }));
      return { type: "reasoning", ...id, summary, encrypted_content: stringOf(item.encrypted_content), provider };
    }
    case "function_call": {
      const namespace = typeof item.namespace === "string" ? { namespace: item.namespace } : {};
      const [name, args] = [stringOf(item.name) ?? "", stringOf(item.arguments) ?? ""];
      return { type: "function_call", ...id, ...status, call_id, name, arguments: args, ...namespace };
    }
    case "local_shell_call":
      return { type: "function_call", call_id, name: "shell", arguments: localShell(item.action) };
    case "function_call_output":
      return { type: "function_call_output", call_id, output: output(item.output) };
    case "custom_tool_call": {
      const [name, input] = [stringOf(item.name) ?? "", stringOf(item.input) ?? ""];
      return { type: "custom_tool_call", ...id, ...status, call_id, name, input };
    }
    case "custom_tool_call_output":
      return { type: "custom_tool_call_output", call_id, output: plain(output(item.output)) };
    case "web_search_call":
      return { type: "web_search_call", ...id, ...status, action: item.action };
    default:
      return null;
  }
}

function message(item: Foreign, more: { id?: string; status?: string }): HistoryItem | null {
  const phase = typeof item.phase === "string" ? { phase: item.phase } : {};
  const content = parts(item.content);
  if (content.length === 0) return null;
  const role = item.role === "assistant" || item.role === "user" ? item.role : "developer";
  return { type: "message", role, content, ...more, ...phase };
}

function parts(content: unknown): ContentPart[] {
  return listOf(content).flatMap((part): ContentPart[] => {
    const { text, image_url } = part;
    if ((part.type === "input_text" || part.type === "output_text") && typeof text === "string") {
      return [{ type: part.type, text }];
    }
    return part.type === "input_image" && typeof image_url === "string" ? [{ type: "input_image", image_url }] : [];
  });
}

function texts(list: unknown): string[] {
  return listOf(list).flatMap(({ text }) => (typeof text === "string" ? [text] : []));
}

/** A string, a list of parts, or `{content, success}` of the first Rust versions. */
function output(value: unknown): string | ContentPart[] {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return parts(value);
  return isObject(value) ? (stringOf(value.content) ?? "") : "";
}

/** The text of an output, without its images. */
export function plain(value: string | ContentPart[]): string {
  if (typeof value === "string") return value;
  return value.map((part) => ("text" in part ? part.text : "")).join("\n");
}

function localShell(action: unknown): string {
  const { command, working_directory, timeout_ms } = isObject(action) ? action : {};
  const workdir = typeof working_directory === "string" ? { workdir: working_directory } : {};
  const timeout = typeof timeout_ms === "number" ? { timeout: timeout_ms } : {};
  return JSON.stringify({ command, ...workdir, ...timeout });
}
