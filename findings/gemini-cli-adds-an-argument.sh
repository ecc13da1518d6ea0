#!/bin/sh
# @google/gemini-cli 0.61.0, Gemini API, a server of tools (MCP) of @modelcontextprotocol/sdk 1.32.2, Node.
#
# Guess: a tool of a server is offered with the server's own inputSchema; an argument that gemini-cli adds for itself is taken out before the server is called.
# Seen: each tool is offered with one more property, "wait_for_previous" ("Set to true to wait …"), also where the schema says additionalProperties: false, and
# what the model gives for it is passed on. A server that checks its arguments strictly refuses the call ("Unrecognized key"): the model did what
# its schema asked for, and reads that the argument does not exist.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
export TMPDIR="$dir"
printf '{"private":true,"dependencies":{"@google/gemini-cli":"0.61.0","@modelcontextprotocol/sdk":"1.32.2","zod":"4.6.7"}}' >package.json
npm install --silent --no-audit --no-fund >/dev/null 2>&1
cat >tools.mjs <<'JS'
import { appendFileSync } from "node:fs";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";
const transport = new StdioServerTransport();
const server = new McpServer({ name: "strict", version: "1" });
server.registerTool("add", { description: "adds", inputSchema: z.strictObject({ a: z.number(), b: z.number() }) }, ({ a, b }) => ({ content: [{ type: "text", text: `sum ${a + b}` }] }));
await server.connect(transport);
const read = transport.onmessage;
transport.onmessage = (message, extra) => {
  if (message.method === "tools/call") appendFileSync(`${import.meta.dirname}/calls.jsonl`, `${JSON.stringify(message.params.arguments)}\n`);
  read(message, extra);
};
JS
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const calls = [{ a: 1, b: 2 }, { a: 1, b: 2, wait_for_previous: true }];
let turn = 0;
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    const main = raw && JSON.parse(raw).tools?.some((tool) => tool.functionDeclarations?.length > 0);
    const args = main ? calls[turn++] : undefined;
    if (main) writeFileSync("last.json", raw);
    const part = args ? { functionCall: { name: "mcp_strict_add", args } } : { text: "done" };
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
printf '{"security":{"auth":{"selectedType":"gemini-api-key"}},"privacy":{"usageStatisticsEnabled":false},"general":{"disableAutoUpdate":true},"mcpServers":{"strict":{"command":"node","args":["%s"],"trust":true}}}' \
  "$dir/tools.mjs" >home/.gemini/settings.json
(cd work && HOME=$dir/home GEMINI_API_KEY=x GOOGLE_GEMINI_BASE_URL="http://127.0.0.1:$(cat ../up.port)" GEMINI_CLI_TRUST_WORKSPACE=true \
  node ../node_modules/@google/gemini-cli/bundle/gemini.js -y -m gemini-2.5-pro -p go </dev/null >/dev/null 2>&1)
echo "@google/gemini-cli $(node -p 'require("./node_modules/@google/gemini-cli/package.json").version'), node $(node --version)"
cat calls.jsonl
node -e '
const { readFileSync } = require("fs");
const { contents, tools } = JSON.parse(readFileSync("last.json", "utf8"));
const schema = tools.flatMap(({ functionDeclarations }) => functionDeclarations).find(({ name }) => name === "mcp_strict_add").parametersJsonSchema;
const answers = contents.flatMap(({ parts }) => parts).filter((part) => part.functionResponse).map(({ functionResponse }) => JSON.stringify(functionResponse.response));
console.log(`offered: ${Object.keys(schema.properties)}, additionalProperties ${schema.additionalProperties}`);
for (const answer of answers) console.log(answer.slice(0, 400));
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
if (!schema.properties.wait_for_previous || schema.additionalProperties !== false) fail("the schema is offered as it is");
if (!/sum 3/.test(answers[0])) fail("the plain call fails");
if (!/wait_for_previous/.test(readFileSync("calls.jsonl", "utf8")) || !/[Uu]nrecognized key/.test(answers[1])) fail("the server does not see the argument");
console.log("as seen: an argument that the server never had is offered, passed on and refused");'
