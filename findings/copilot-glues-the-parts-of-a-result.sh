#!/bin/sh
# @github/copilot 1.0.102, `copilot -p`, a server of tools (MCP) over stdio, Chat Completions.
#
# Guess: the content of a tool's result has parts, and the model reads them apart: a line each, or as parts again; a resource_link is named.
# Seen: texts are put together with nothing between them, so that parts of a number make another one: "exit code: 1" and "2 files changed" reach the model
# as "exit code: 12 files changed". A resource_link, the way to hand out a large result by its address, is left out: a result of it alone is empty.
# (opencode 1.18.33 leaves links out, too, but puts each text on a line of its own.)
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@github/copilot":"1.0.102"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
copilot=$(find "$dir/node_modules/@github" -type f -name copilot -path '*linux*' | head -1)
cat >tools.mjs <<'JS'
import { createInterface } from "node:readline";
const text = (text) => ({ type: "text", text });
const link = { type: "resource_link", uri: "report://42", name: "report" };
const contents = { run: [text("exit code: 1"), text("2 files changed")], report: [link] };
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const result = {
    initialize: { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "parts", version: "1" } },
    "tools/list": { tools: Object.keys(contents).map((name) => ({ name, description: name, inputSchema: { type: "object", properties: {} } })) },
    "tools/call": { content: contents[params?.name] },
    ping: {},
  }[method];
  console.log(JSON.stringify(result ? { jsonrpc: "2.0", id, result } : { jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } }));
});
JS
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const calls = ["parts-run", "parts-report"];
let turn = 0;
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => { raw += data; }).on("end", () => {
    const body = raw ? JSON.parse(raw) : {};
    const name = body.tools?.length > 0 ? calls[turn++] : undefined;
    if (body.tools?.length > 0) writeFileSync("last.json", raw);
    const chunk = (delta, finish_reason = null) => `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    const call = { index: 0, id: `call_${turn}`, type: "function", function: { name, arguments: "{}" } };
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(`${chunk({ role: "assistant", ...(name ? { tool_calls: [call] } : { content: "done" }) })}${chunk({}, name ? "tool_calls" : "stop")}data: [DONE]\n\n`);
  });
}).listen(0, "127.0.0.1", function () { writeFileSync("up.port", String(this.address().port)); });
JS
node up.mjs & up=$!
while [ ! -s up.port ]; do sleep 0.1; done
mkdir home project
export HOME="$dir/home" COPILOT_PROVIDER_BASE_URL="http://127.0.0.1:$(cat up.port)/v1" COPILOT_PROVIDER_TYPE=openai COPILOT_PROVIDER_API_KEY=x COPILOT_MODEL=m COPILOT_OFFLINE=true
printf '{"mcpServers":{"parts":{"command":"node","args":["%s"]}}}' "$dir/tools.mjs" >servers.json
(cd project && "$copilot" -p go --allow-all-tools --additional-mcp-config "@$dir/servers.json" </dev/null >/dev/null 2>&1)
"$copilot" --version | head -1
node -e '
const results = JSON.parse(require("fs").readFileSync("last.json", "utf8")).messages.filter(({ role }) => role === "tool").map(({ content }) => content);
console.log(JSON.stringify(results));
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
if (results[0] !== "exit code: 12 files changed") fail("the parts are kept apart");
if (results.length !== 2 || results[1] !== "") fail("the link is told");
console.log("as seen: parts of a result run together, and a link is left out");'
