import type { ModelEvent, ModelRequest, ProviderSettings } from "./contract.ts";

// What the tests of this folder share.

/** A plain request. */
export const REQUEST: ModelRequest = {
  model: "gpt-5.5",
  instructions: "You are a test.",
  input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "hello" }] }],
  tools: [],
  parallel_tool_calls: true,
  effort: null,
  reasoning_summary: null,
  verbosity: null,
  service_tier: null,
  output_schema: null,
  web_search: null,
  max_output_tokens: null,
  cache_key: "thread-1",
};

/** Settings for a scripted server: no outage phase, so that a test that fails ends. */
export function providerFor(server: { url: string }, more: Partial<ProviderSettings> = {}): ProviderSettings {
  return {
    id: "test",
    name: "Test",
    base_url: server.url,
    wire_api: "responses",
    api_key: "sk-test",
    http_headers: {},
    query_params: {},
    request_max_retries: null,
    stream_max_retries: null,
    stream_idle_timeout_ms: 300_000,
    header_timeout_ms: 300_000,
    organization: null,
    project: null,
    user_agent: "moat/test",
    originator: "moat_test",
    ca_file: null,
    give_up_after_ms: 0,
    waits_for_first: true,
    ...more,
  };
}

/** All events of a stream, flat. */
export async function collect(stream: AsyncIterable<ModelEvent[]>): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const batch of stream) events.push(...batch);
  return events;
}

/** Hooks whose delays take no time: retries happen at once, silence never counts. */
export const INSTANT = {
  now: () => 1_700_000_000_000,
  random: () => 0.5,
  timer(ms: number, callback: () => void) {
    if (ms >= 60_000) return () => {};
    const immediate = setImmediate(callback);
    return () => clearImmediate(immediate);
  },
};
