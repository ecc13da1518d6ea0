import type { TurnContext, Usage } from "../../protocol/index.ts";
import { historyItem, plain } from "./codex-history.ts";
import { type CodexLine, isObject } from "./codex-lines.ts";

/** What the first versions did not write down; the strictest settings, so that a resume never widens anything. */
export const UNKNOWN_CONTEXT: TurnContext = {
  cwd: "/",
  model: "unknown",
  model_provider: "openai",
  effort: null,
  approval_policy: "on-request",
  sandbox_mode: "read-only",
};

/** The directory of files whose first line has none: in the environment that the model was told about. */
export function cwdOf(lines: CodexLine[]): string | null {
  for (const { type, payload } of lines) {
    if (type === "turn_context" && typeof payload.cwd === "string") return payload.cwd;
    const item = type === "response_item" ? historyItem(payload) : null;
    const text = item?.type === "message" ? plain(item.content) : "";
    const found = text.match(/<cwd>([^<]+)<\/cwd>|^Current working directory: (.+)$/m);
    if (found) return (found[1] ?? found[2] ?? "").trim();
  }
  return null;
}

/** Token counts as every version writes them; null for anything else. */
export function usageOf(value: unknown): Usage | null {
  if (!isObject(value)) return null;
  const number = (key: keyof Usage) => (typeof value[key] === "number" ? value[key] : 0);
  return {
    input_tokens: number("input_tokens"),
    cached_input_tokens: number("cached_input_tokens"),
    cache_write_input_tokens: number("cache_write_input_tokens"),
    output_tokens: number("output_tokens"),
    reasoning_output_tokens: number("reasoning_output_tokens"),
  };
}

/** What was used since `before`. */
export function difference(total: Usage, before: Usage): Usage {
  const entries = Object.entries(total).map(([key, value]) => [key, value - before[key as keyof Usage]]);
  return { ...total, ...Object.fromEntries(entries) };
}
