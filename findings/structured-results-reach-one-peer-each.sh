#!/bin/sh
# @anthropic-ai/claude-code 2.1.332 (Messages) and @google/gemini-cli 0.61.0 (Gemini API), a server of tools (MCP) over stdio.
#
# Guess: of a tool's result with content and structuredContent the model reads content at least; where content is empty it reads structuredContent.
# Seen: each does the opposite of the other. Claude Code gives the model structuredContent alone (and images): what only the text says, a warning, is lost without
# a word. gemini-cli gives it content alone: a result that is only structured arrives empty, {}. A server is read by both only if it says everything
# twice. (codex 0.171.0 does as Claude Code; opencode 1.18.33 reads the text and, without one, the structure; Copilot 1.0.102 and qwen-code 0.24.4 read both.)
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
export TMPDIR="$dir"
printf '{"private":true,"dependencies":{"@anthropic-ai/claude-code":"2.1.332","@google/gemini-cli":"0.61.0"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
claude=$(find "$dir/node_modules/@anthropic-ai" -type f -name claude -path '*linux*' | head -1)
cat >tools.mjs <<'JS'
import { createInterface } from "node:readline";
const outputSchema = { type: "object", properties: { rows: { type: "number" } }, required: ["rows"] };
const structuredContent = { rows: 3 };
const results = {
  both: { content: [{ type: "text", text: "3 rows; the table is being written to" }], structuredContent },
  structured: { content: [], structuredContent },
};
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const result = {
    initialize: { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "t", version: "1" } },
    "tools/list": { tools: Object.keys(results).map((name) => ({ name, description: name, inputSchema: { type: "object", properties: {} }, outputSchema })) },
    "tools/call": results[params?.name],
    ping: {},
  }[method];
  console.log(JSON.stringify(result ? { jsonrpc: "2.0", id, result } : { jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } }));
});
JS
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const names = ["both", "structured"];
const turns = { claude: 0, gemini: 0 };
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    const body = raw ? JSON.parse(raw) : {};
    if (/^\/v1\/messages(\?|$)/.test(request.url)) {
      const name = body.tools?.length > 0 ? names[turns.claude++] : undefined;
      if (body.tools?.length > 0) writeFileSync("claude.json", raw);
      const usage = { input_tokens: 10, output_tokens: 5 };
      const delta = name ? { type: "input_json_delta", partial_json: "{}" } : { type: "text_delta", text: "done" };
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const one of [
        { type: "message_start", message: { id: "msg_1", type: "message", role: "assistant", model: body.model, content: [], stop_reason: null, usage } },
        { type: "content_block_start", index: 0, content_block: name ? { type: "tool_use", id: `call_${turns.claude}`, name: `mcp__t__${name}`, input: {} } : { type: "text", text: "" } },
        { type: "content_block_delta", index: 0, delta },
        { type: "content_block_stop", index: 0 },
        { type: "message_delta", delta: { stop_reason: name ? "tool_use" : "end_turn", stop_sequence: null }, usage: { output_tokens: 5 } },
        { type: "message_stop" },
      ]) response.write(`event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`);
      return response.end();
    }
    if (!/enerateContent/.test(request.url)) return response.writeHead(404).end("{}");
    const main = body.tools?.some((tool) => tool.functionDeclarations?.length > 0);
    const name = main ? names[turns.gemini++] : undefined;
    if (main) writeFileSync("gemini.json", raw);
    const part = name ? { functionCall: { name: `mcp_t_${name}`, args: {} } } : { text: "done" };
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
export HOME="$dir/home" ANTHROPIC_BASE_URL="http://127.0.0.1:$(cat up.port)" GOOGLE_GEMINI_BASE_URL="http://127.0.0.1:$(cat up.port)" ANTHROPIC_API_KEY=sk-x GEMINI_API_KEY=x
export DISABLE_TELEMETRY=1 DISABLE_ERROR_REPORTING=1 DISABLE_AUTOUPDATER=1 CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 GEMINI_CLI_TRUST_WORKSPACE=true
printf '{"mcpServers":{"t":{"command":"node","args":["%s"]}}}' "$dir/tools.mjs" >servers.json
printf '{"security":{"auth":{"selectedType":"gemini-api-key"}},"privacy":{"usageStatisticsEnabled":false},"general":{"disableAutoUpdate":true},"mcpServers":{"t":{"command":"node","args":["%s"],"trust":true}}}' \
  "$dir/tools.mjs" >home/.gemini/settings.json
(cd work && "$claude" -p go --mcp-config ../servers.json --allowedTools mcp__t </dev/null >/dev/null 2>&1)
(cd work && node ../node_modules/@google/gemini-cli/bundle/gemini.js -y -m gemini-2.5-pro -p go </dev/null >/dev/null 2>&1)
"$claude" --version
echo "@google/gemini-cli $(node -p 'require("./node_modules/@google/gemini-cli/package.json").version'), node $(node --version)"
node -e '
const read = (name) => JSON.parse(require("fs").readFileSync(name, "utf8"));
const claude = read("claude.json").messages.flatMap(({ content }) => content).filter(({ type }) => type === "tool_result").map(({ content }) => JSON.stringify(content));
const gemini = read("gemini.json").contents.flatMap(({ parts }) => parts).filter((part) => part.functionResponse).map(({ functionResponse }) => JSON.stringify(functionResponse.response));
console.log(`Claude Code: both ${claude[0]}, structured ${claude[1]}`);
console.log(`gemini-cli: both ${gemini[0]}, structured ${gemini[1]}`);
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
if (!/rows/.test(claude[1]) || !/being written to/.test(gemini[0])) fail("a result does not arrive at all");
if (/being written to/.test(claude[0]) || !/rows/.test(claude[0])) fail("Claude Code passes the text on");
if (gemini[1] !== "{}") fail("gemini-cli passes the structure on");
console.log("as seen: one reads the structure alone, the other one the text alone");'
