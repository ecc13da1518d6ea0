/** What is known of a model. */
export interface ModelInfo {
  id: string;
  /** Tokens of input and output together; null: not known. */
  context_window: number | null;
  max_output_tokens: number | null;
  price: Price | null;
  /** Takes freeform tools with a grammar. */
  custom_tools: boolean;
  /** Thinks before it answers, and gives its reasoning back encrypted. */
  reasoning: boolean;
  /** Takes images. */
  images: boolean;
}

/** US dollars for a million tokens. */
export interface Price {
  input: number;
  cached_input: number;
  cache_write: number;
  output: number;
  /** A request with more input than this costs more, as a whole. */
  long?: { above_tokens: number; input_factor: number; output_factor: number };
}

/**
 * When the table below was last compared with developers.openai.com/api/docs/pricing and
 * platform.claude.com/docs/en/about-claude/models. Prices are shown as estimates, with this date.
 */
export const CATALOG_DATE = "2026-11-24";

/** OpenAI's price step, the same for all of its models with a window of 1.05 M tokens. */
const OPENAI_LONG = { above_tokens: 272_000, input_factor: 2, output_factor: 1.5 };

type Row = [context: number, max_output: number, price: Price | null];

const openai = (input: number, cached_input: number, cache_write: number, output: number): Row => [
  1_050_000,
  128_000,
  { input, cached_input, cache_write, output, long: OPENAI_LONG },
];
const claude = (input: number, cached_input: number, cache_write: number, output: number): Row => [
  1_000_000,
  128_000,
  { input, cached_input, cache_write, output },
];

/** Models by the name without provider and date. Small on purpose: `model_catalog_json` adds to it and overrides it. */
const MODELS: Record<string, Row> = {
  "gpt-6-astra": openai(10, 1, 12.5, 50),
  "gpt-6.2-sol": openai(2, 0.1, 2.5, 10),
  "gpt-6-sol": openai(2, 0.2, 2.5, 10),
  "gpt-6-luna": openai(0.1, 0.01, 0.125, 0.5),
  "gpt-5.6-terra": openai(2, 0.2, 2, 12),
  "gpt-5.6-luna": openai(0.2, 0.02, 0.2, 1.2),
  "gpt-5.5": openai(5, 0.5, 5, 30),
  "claude-fable-5-1": claude(10, 1, 12.5, 50),
  "claude-opus-5-5": claude(4, 0.2, 5, 20),
  "claude-opus-5": claude(5, 0.5, 6.25, 25),
  "claude-sonnet-5-5": claude(2, 0.1, 2.5, 10),
  "claude-sonnet-5": claude(2, 0.2, 2.5, 10),
  "claude-haiku-5-5": [
    1_000_000,
    128_000,
    {
      input: 0.1,
      cached_input: 0.01,
      cache_write: 0.125,
      output: 0.5,
      long: { above_tokens: 100_000, input_factor: 5, output_factor: 5 },
    },
  ],
  "claude-haiku-4-5": [200_000, 64_000, { input: 1, cached_input: 0.1, cache_write: 1.25, output: 5 }],
  // Billed in yuan, by the hour of the day.
  "deepseek-v4-pro": [1_000_000, 384_000, null],
  "deepseek-flash": [1_000_000, 384_000, null],
};

/** Models that are known to take images, and the usual marks of such models in the names of local ones. */
const SEES =
  /^(gpt-(4o|4\.1|[5-9]|\d\d)|o[134]|codex|claude-|gemini-|grok-[4-9]|pixtral|gemma-?3|llama-?4|qwen3\.5|mistral-(medium|small))|vision|[-_.]vl\b|vl[-:]|llava|minicpm-v/;

/** Every model that is known by name. `overrides`: fields by model, from the configuration; they may add models. */
export function knownModels(overrides: Record<string, Partial<ModelInfo>> = {}): ModelInfo[] {
  const ids = new Set([...Object.keys(MODELS), ...Object.keys(overrides)]);
  return [...ids].map((id) => modelInfo(id, overrides));
}

/**
 * What is known of a model by its name; a prefix like `openai/` and a date at the end are looked through. An unknown model
 * reasons (to ask for reasoning harms no server that does not know it) and has no freeform tools (many servers refuse a
 * kind of tool that they do not know). `overrides`: fields by model, from the configuration.
 */
export function modelInfo(id: string, overrides: Record<string, Partial<ModelInfo>> = {}): ModelInfo {
  const name = id.slice(id.lastIndexOf("/") + 1).replace(/-\d{4}-?\d{2}-?\d{2}$/, "");
  const [context_window, max_output_tokens, price] = MODELS[name] ?? [null, null, null];
  return {
    id,
    context_window,
    max_output_tokens,
    price,
    custom_tools: /^(gpt-([5-9]|\d\d)|codex)/.test(name),
    // The last OpenAI models that do not reason; they refuse to be asked for encrypted reasoning.
    reasoning: !/^(gpt-[34]|chatgpt)/.test(name),
    images: SEES.test(name),
    ...overrides[id],
  };
}
