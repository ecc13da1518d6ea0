import type { TurnContext, Usage } from "../../../protocol/index.ts";
import { type Foreign, isObject, stringOf } from "../foreign.ts";
import { historyItem, plain } from "./codex-history.ts";
import type { CodexLine } from "./codex-lines.ts";

/** What a thread begins with, before any turn says its settings: what the first line tells, and the user's configuration for the rest. */
export function firstContext(meta: Foreign, cwd: string): TurnContext {
  const model_provider = stringOf(meta.model_provider);
  return {
    cwd,
    model: "unknown",
    model_provider: model_provider ?? "openai",
    effort: null,
    approval_policy: "on-request",
    sandbox_mode: "read-only",
    untold: {
      model: true,
      ...(model_provider === null ? { model_provider: true } : {}),
      sandbox_mode: "danger-full-access",
      approval_policy: "never",
    },
  };
}

/** The directory of files whose first line has none: in the environment that the model was told about. */
export function cwdOf(lines: Iterable<CodexLine>): string | null {
  for (const { type, payload } of lines) {
    if (type === "turn_context" && typeof payload.cwd === "string") return payload.cwd;
    const item = type === "response_item" ? historyItem(payload, null) : null;
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
