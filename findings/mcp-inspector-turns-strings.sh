#!/bin/sh
# @modelcontextprotocol/inspector 2.12.0, `mcp-inspector --cli … --method tools/call --tool-arg KEY=VALUE`.
#
# Guess: an argument that the tool's schema has as a string is sent as the string that was written; what is no JSON or has another type is converted by the schema.
# Seen: the schema is not looked at. Whatever JSON can read is sent as that: version=1.10 as the number 1.1, id=12345678901234567890 as 12345678901234567000, flag=true
# and name=null as true and null, while 007 stays a string. The server refuses a good value, or finds another record; with quotes inside the value,
# version='"1.10"', it is sent as written.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
printf '{"private":true,"type":"module","dependencies":{"@modelcontextprotocol/inspector":"2.12.0"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
cat >tools.mjs <<'JS'
import { createInterface } from "node:readline";
const string = { type: "string" };
const inputSchema = { type: "object", properties: { version: string, id: string, flag: string, name: string, code: string, quoted: string } };
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const result = {
    initialize: { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "t", version: "1" } },
    "tools/list": { tools: [{ name: "find", description: "finds", inputSchema }] },
    "tools/call": { content: [{ type: "text", text: `received ${JSON.stringify(params?.arguments)}` }] },
    ping: {},
  }[method];
  console.log(JSON.stringify(result ? { jsonrpc: "2.0", id, result } : { jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } }));
});
JS
echo "@modelcontextprotocol/inspector $(node -p 'require("./node_modules/@modelcontextprotocol/inspector/package.json").version'), node $(node --version)"
HOME=$dir node_modules/.bin/mcp-inspector --cli node "$dir/tools.mjs" --method tools/call --tool-name find --tool-arg version=1.10 id=12345678901234567890 flag=true name=null code=007 'quoted="1.10"' >out 2>err </dev/null || { cat err; exit 1; }
node -e '
const { content } = JSON.parse(require("fs").readFileSync("out", "utf8"));
const text = content[0].text;
console.log(text);
const seen = { version: 1.1, id: 12345678901234567000, flag: true, name: null, code: "007", quoted: "1.10" };
if (text !== `received ${JSON.stringify(seen)}`) { console.log("CHANGED: other values are sent"); process.exit(1); }
console.log("as seen: strings are sent as what JSON reads in them");'
