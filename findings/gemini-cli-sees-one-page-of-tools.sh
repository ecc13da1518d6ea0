#!/bin/sh
# @google/gemini-cli 0.61.0, Gemini API, a server of tools (MCP) over stdio.
#
# Guess: a server may hand out its list of tools in pages; the client asks with each nextCursor until there is none, and the model is offered all of them.
# Seen: tools/list is asked once, without a cursor, and nextCursor is passed over: the model is offered the first page and nothing says that there is more.
# A call of a tool of the second page is answered with "not found". (codex 0.171.0, Claude Code 2.1.332 and opencode 1.18.33 ask for every page.)
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@google/gemini-cli":"0.61.0"}}' >package.json
npm install --silent --no-audit --no-fund >/dev/null 2>&1
cat >tools.mjs <<'JS'
import { createInterface } from "node:readline";
import { appendFileSync } from "node:fs";
const tool = (name) => ({ name, description: name, inputSchema: { type: "object", properties: {} } });
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  if (method === "tools/list") appendFileSync(process.argv[2], `${params?.cursor ?? "no cursor"}\n`);
  const result = {
    initialize: { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "paged", version: "1" } },
    "tools/list": params?.cursor === "page-2" ? { tools: [tool("gamma")] } : { tools: [tool("alpha"), tool("beta")], nextCursor: "page-2" },
    "tools/call": { content: [{ type: "text", text: `this is ${params?.name}` }] },
    ping: {},
  }[method];
  console.log(JSON.stringify(result ? { jsonrpc: "2.0", id, result } : { jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } }));
});
JS
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const calls = ["mcp_paged_beta", "mcp_paged_gamma"];
let turn = 0;
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    const main = raw && JSON.parse(raw).tools?.some((tool) => tool.functionDeclarations?.length > 0);
    const name = main ? calls[turn++] : undefined;
    if (main) writeFileSync("last.json", raw);
    const part = name ? { functionCall: { name, args: {} } } : { text: "done" };
    const whole = { candidates: [{ content: { role: "model", parts: [part] }, finishReason: "STOP", index: 0 }], usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 1, totalTokenCount: 10 } };
    const stream = request.url.includes("stream");
    response.writeHead(200, { "content-type": stream ? "text/event-stream" : "application/json" });
    response.end(stream ? `data: ${JSON.stringify(whole)}\n\n` : JSON.stringify({ ...whole, totalTokens: 9 }));
  });
}).listen(0, "127.0.0.1", function () { writeFileSync("up.port", String(this.address().port)); });
JS
node up.mjs & up=$!
while [ ! -s up.port ]; do sleep 0.1; done
mkdir -p home/.gemini work
printf '{"security":{"auth":{"selectedType":"gemini-api-key"}},"privacy":{"usageStatisticsEnabled":false},"general":{"disableAutoUpdate":true},"mcpServers":{"paged":{"command":"node","args":["%s","%s"],"trust":true}}}' \
  "$dir/tools.mjs" "$dir/asked" >home/.gemini/settings.json
(cd work && HOME=$dir/home GEMINI_API_KEY=x GOOGLE_GEMINI_BASE_URL="http://127.0.0.1:$(cat ../up.port)" GEMINI_CLI_TRUST_WORKSPACE=true \
  node ../node_modules/@google/gemini-cli/bundle/gemini.js -y -m gemini-2.5-pro -p go </dev/null >/dev/null 2>&1)
echo "@google/gemini-cli $(node -p 'require("./node_modules/@google/gemini-cli/package.json").version'), node $(node --version)"
sed 's/^/tools\/list: /' asked
node -e '
const { tools, contents } = JSON.parse(require("fs").readFileSync("last.json", "utf8"));
const offered = tools.flatMap((tool) => tool.functionDeclarations ?? []).map(({ name }) => name).filter((name) => /paged/.test(name)).sort();
const answers = contents.flatMap(({ parts }) => parts).filter((part) => part.functionResponse).map((part) => JSON.stringify(part.functionResponse.response));
console.log(`offered: ${offered}`);
for (const answer of answers) console.log(answer);
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
if (!/this is beta/.test(answers[0])) fail("a tool of the first page cannot be called");
if (`${offered}` !== "mcp_paged_alpha,mcp_paged_beta" || !/not found/.test(answers[1])) fail("the second page is known");'
[ "$(sort -u asked)" = "no cursor" ] || { echo "CHANGED: the second page is asked for"; exit 1; }
echo "as seen: tools after the first page do not exist"
