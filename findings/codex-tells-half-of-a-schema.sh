#!/bin/sh
# @openai/codex 0.171.0, `codex exec`, a server of tools (MCP) over stdio, Responses API.
#
# Guess: the model is offered a server's tool with the inputSchema of the server; what the API does not take is left out of it, and nothing else is said.
# Seen: minimum, maximum, default, pattern, format, minLength and examples are left out, for tools that are not strict, too: the model learns of a limit by
# the error of its call. And a pair, prefixItems [string, number], is offered as an array of strings, which the server refuses. (opencode
# 1.18.33 and gemini-cli 0.61.0 send the schema as it is, Copilot 1.0.102 writes the limits into the descriptions.)
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
export TMPDIR="$dir"
printf '{"private":true,"dependencies":{"@openai/codex":"0.171.0"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
cat >tools.mjs <<'JS'
import { createInterface } from "node:readline";
const inputSchema = {
  type: "object",
  properties: {
    limit: { type: "integer", minimum: 1, maximum: 50, default: 20, description: "How many" },
    since: { type: "string", format: "date", examples: ["2026-01-31"] },
    key: { type: "string", pattern: "^[A-Z]+-[0-9]+$", minLength: 3 },
    level: { type: "string", enum: ["low", "high"] },
    range: { type: "array", prefixItems: [{ type: "string" }, { type: "number" }], minItems: 2 },
  },
};
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const result = {
    initialize: { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "t", version: "1" } },
    "tools/list": { tools: [{ name: "find", description: "finds", inputSchema }] },
    ping: {},
  }[method];
  console.log(JSON.stringify(result ? { jsonrpc: "2.0", id, result } : { jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } }));
});
JS
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    if (!request.url.endsWith("/responses")) return response.writeHead(404).end("{}");
    writeFileSync("last.json", raw);
    const item = { type: "message", role: "assistant", id: "m", content: [{ type: "output_text", text: "done" }] };
    const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
    const events = [{ type: "response.created", response: { id: "r" } }, { type: "response.output_item.done", output_index: 0, item }, { type: "response.completed", response: { id: "r", usage } }];
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(events.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join(""));
  });
}).listen(0, "127.0.0.1", function () { writeFileSync("up.port", String(this.address().port)); });
JS
node up.mjs & up=$!
while [ ! -s up.port ]; do sleep 0.1; done
mkdir home work
printf 'model = "o3"\nmodel_provider = "x"\n[model_providers.x]\nname = "x"\nbase_url = "http://127.0.0.1:%s/v1"\nwire_api = "responses"\n[mcp_servers.t]\ncommand = "node"\nargs = ["%s"]\n' \
  "$(cat up.port)" "$dir/tools.mjs" >home/config.toml
(cd work && HOME=$dir/home CODEX_HOME=$dir/home ../node_modules/.bin/codex exec --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox go </dev/null >/dev/null 2>&1)
node_modules/.bin/codex --version
node -e '
const { tools } = JSON.parse(require("fs").readFileSync("last.json", "utf8"));
const { parameters, strict } = tools.flatMap((tool) => tool.tools ?? [tool]).find(({ name }) => /find$/.test(name ?? ""));
console.log(`strict ${strict}`);
for (const [name, schema] of Object.entries(parameters.properties)) console.log(`${name}: ${JSON.stringify(schema)}`);
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
const { limit, since, key, level, range } = parameters.properties;
if (limit.description !== "How many" || level.enum?.join() !== "low,high") fail("other parts are lost, too");
if (strict || Object.keys({ ...limit, ...since, ...key }).some((word) => /^(min|max|default|pattern|format|examples)/.test(word))) fail("the limits are told");
if (range.prefixItems || range.items?.type !== "string") fail("the pair is told as it is");
console.log("as seen: limits are not told, and a pair is told as strings");'
