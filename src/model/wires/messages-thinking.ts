import type { JsonObject } from "../../protocol/index.ts";
import type { ModelRequest } from "../contract.ts";

/** Other models are served on this wire, too; their servers know only what the wire had at first. */
export function isClaude(model: string): boolean {
  return /claude/i.test(model);
}

/** Models that decide themselves how much they think and take an effort: Claude 4.6 and everything from 5 on. */
function adaptive(model: string): boolean {
  return !/claude-(3|(opus|sonnet|haiku)-4(-[0-5])?(-\d{8})?$)/.test(model);
}

/** Most tokens of an answer. Every model since Claude 4 allows this many; what is not used costs nothing. */
const MAX_TOKENS = 32_000;
/** What every server of another model that was looked at allows (DeepSeek, Moonshot, Zhipu, MiniMax, Qwen). */
const OTHER_MAX_TOKENS = 8192;
/** Claude 3.x allows fewer: https://platform.claude.com/docs/en/about-claude/models/overview. */
const OLD_MAX_TOKENS = 8192;

/** The limit of an answer, which this wire demands. */
export function maxTokensOf({ model, max_output_tokens }: ModelRequest): number {
  if (!isClaude(model)) return max_output_tokens ?? OTHER_MAX_TOKENS;
  const most = /claude-3/.test(model) ? OLD_MAX_TOKENS : MAX_TOKENS;
  return max_output_tokens === null ? most : Math.min(most, max_output_tokens);
}

/** Efforts as this wire names them. Thinking cannot be turned off on every model that has efforts: `none` is the least. */
const EFFORTS: Record<string, string> = {
  none: "low",
  minimal: "low",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "xhigh",
  max: "max",
};
/** Thinking tokens for models that take a budget, each below MAX_TOKENS. */
const BUDGETS: Record<string, number> = {
  minimal: 1024,
  low: 4096,
  medium: 10_000,
  high: 20_000,
  xhigh: 24_000,
  max: 28_000,
};

/** `thinking` and `output_config`: how hard the model thinks, whether it shows it, and the schema of its answer. */
export function thinkingOf(request: ModelRequest): JsonObject {
  const { model, effort, output_schema } = request;
  if (!isClaude(model)) return {};
  const level = effort !== null && adaptive(model) ? EFFORTS[effort] : undefined;
  const output_config = {
    ...(level ? { effort: level } : {}),
    ...(output_schema === null ? {} : { format: { type: "json_schema", schema: output_schema } }),
  };
  return { ...thinkingConfig(request), ...(Object.keys(output_config).length > 0 ? { output_config } : {}) };
}

function thinkingConfig(request: ModelRequest): JsonObject {
  const { model, effort, reasoning_summary } = request;
  if (adaptive(model)) {
    // Newer models put what they say between tool calls into thinking, which is empty unless it is asked for.
    const display = reasoning_summary === "none" ? "omitted" : "summarized";
    return { thinking: { type: "adaptive", display } };
  }
  const budget_tokens = effort === null || /claude-3-5/.test(model) ? undefined : BUDGETS[effort];
  const room = budget_tokens !== undefined && budget_tokens < maxTokensOf(request);
  return room ? { thinking: { type: "enabled", budget_tokens } } : {};
}
