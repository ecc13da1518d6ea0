// Reads one response through the model client; `stream.ts` measures what that costs.
import { createClient } from "../../src/model/index.ts";

const [base_url = ""] = process.argv.slice(2);
const client = await createClient(
  {
    id: "bench",
    name: "bench",
    base_url,
    wire_api: "responses",
    api_key: "k",
    http_headers: {},
    query_params: {},
    request_max_retries: 0,
    stream_max_retries: 0,
    stream_idle_timeout_ms: 300_000,
    header_timeout_ms: null,
    organization: null,
    project: null,
    user_agent: "moat/bench",
    originator: "moat_bench",
    ca_file: null,
    give_up_after_ms: 0,
    waits_for_first: true,
  },
  { now: Date.now, random: Math.random },
);
const request = {
  model: "gpt-5.5",
  instructions: "x",
  input: [],
  tools: [],
  parallel_tool_calls: true,
  effort: null,
  reasoning_summary: null,
  verbosity: null,
  service_tier: null,
  output_schema: null,
  web_search: null,
  max_output_tokens: null,
  cache_key: "bench",
};
let length = 0;
for await (const batch of client.stream(request, new AbortController().signal)) {
  for (const event of batch) {
    if (event.type === "delta") length += event.delta.length;
    if (event.type === "failed") throw new Error(event.error.message);
  }
}
if (length === 0) throw new Error("nothing was read");
// The peak since exec. What the parent reads (ru_maxrss) also holds the parent's own memory from before exec.
const status = await Bun.file("/proc/self/status").text();
console.log(/VmHWM:\s*(\d+) kB/.exec(status)?.[1] ?? "0");
process.exit(0);
