import type { Failure, HistoryItem, JsonSchema, ServerLimits, ToolSpec, Usage } from "../protocol/index.ts";

/** The environment, as it was read at the start. */
export type Env = Record<string, string | undefined>;

export type { ToolSpec };

/** One request for a model. Everything in it is sent on every call: the server keeps no state for us. */
export interface ModelRequest {
  model: string;
  /** The system prompt. */
  instructions: string;
  input: HistoryItem[];
  tools: ToolSpec[];
  parallel_tool_calls: boolean;
  effort: string | null;
  reasoning_summary: "auto" | "concise" | "detailed" | "none" | null;
  verbosity: "low" | "medium" | "high" | null;
  /** Asked of providers that have tiers, such as `flex`; null: the provider's own. */
  service_tier: string | null;
  /** JSON Schema that the final answer must follow, sent as a strict format. */
  output_schema: JsonSchema | null;
  /** Web search that the provider hosts: of its own index, or of the web as it is now. null: none. */
  web_search: "cached" | "live" | null;
  /** Most tokens that the answer may have; null: as many as the model can. */
  max_output_tokens: number | null;
  /** Stable per thread, so that the provider finds its prompt cache. */
  cache_key: string;
}

/**
 * What a model call yields. Items are complete when they come (`item`); deltas only serve display. After `reset`, what was
 * yielded since the start of the request is void: the response did not complete. `usage` is what the server counted for
 * it; null where it did not say, as with most responses that are cut. The last event is exactly one of `completed` and
 * `failed`; a `failed` with `retryable: true` was given up after its retries.
 */
export type ModelEvent =
  /** `key` names the item within this response; the `item` that follows carries the same key. */
  | { type: "delta"; kind: "text" | "reasoning"; key: string; delta: string }
  | { type: "item"; key: string; item: HistoryItem }
  /** The model has begun to write a call; it comes as an item when it is whole, or not at all. */
  | { type: "calling"; name: string }
  | { type: "retrying"; attempt: number; max: number | null; delay_ms: number; error: Failure }
  | { type: "reset"; usage: Usage | null }
  /** The server refused something that the request can do without, and is asked again. One sentence, and all that is known now. */
  | { type: "adjusted"; message: string; limits: ServerLimits }
  /** `paused`: the server wants to go on with the same history. */
  | { type: "completed"; usage: Usage | null; response_id: string | null; paused?: true }
  | { type: "failed"; error: Failure };

/**
 * A model behind any wire. `stream` yields batches (all the events that one network chunk held), so that a delta costs no
 * promise. Once started it does not throw: every failure, an abort included (`interrupted`), is its last event.
 */
export interface ModelClient {
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent[]>;
  /** What this wire and model can do; decides how tools are offered. */
  readonly capabilities: { custom_tools: boolean; images: boolean; output_schema: boolean };
}

/** Where and how a model is reached: a built-in provider or `model_providers.NAME`, with its secrets already resolved. */
export interface ProviderSettings {
  id: string;
  name: string;
  base_url: string;
  wire_api: "responses" | "chat" | "anthropic";
  /** null: the provider needs none (a local server). */
  api_key: string | null;
  http_headers: Record<string, string>;
  query_params: Record<string, string>;
  /** An explicit number caps its own kind and turns the outage phase off; null: the one counter of 10. */
  request_max_retries: number | null;
  stream_max_retries: number | null;
  stream_idle_timeout_ms: number;
  /** Time to the first header in ms; null (servers on this machine): no limit before the first byte of the body. */
  header_timeout_ms: number | null;
  organization: string | null;
  project: string | null;
  user_agent: string;
  originator: string;
  /** Extra PEM certificates that are trusted beside the system's; null: none. */
  ca_file: string | null;
  /** How long an outage may last after the quick retries, in ms. 0: no outage phase. null: without end (a person watches). */
  give_up_after_ms: number | null;
  /** A person said how long to wait: also for a server that nobody has met yet. */
  waits_for_first: boolean;
}
