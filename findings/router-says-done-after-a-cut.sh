#!/bin/sh
# @musistudio/claude-code-router 2.0.0, Messages in front, Chat Completions behind, Node.
#
# Guess: when the server behind it closes its stream in the middle of a tool call, without finish_reason and without [DONE], the client is
# told of an error, or its own stream is cut too.
# Seen: the stream to the client ends like a good one: message_delta with stop_reason "end_turn" and usage 0 in and 0 out, then message_stop.
# The half-written JSON of the call has been sent as input_json_delta, so a client that trusts the end runs half a call.
set -eu
dir=$(mktemp -d); trap 'kill "$up" "$gw" 2>/dev/null || true; rm -rf "$dir"' EXIT; up= gw=
cd "$dir"
printf '{"private":true,"dependencies":{"@musistudio/claude-code-router":"2.0.0"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const piece = (delta) => `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`;
const server = createServer((request, response) => {
  request.resume().on("end", () => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(piece({ role: "assistant", content: "" }));
    response.write(piece({ tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "run", arguments: "" } }] }));
    response.write(piece({ tool_calls: [{ index: 0, function: { arguments: '{"cmd":"ec' } }] }));
    setTimeout(() => response.end(), 100); // a clean close of the body, as a proxy makes of a server that went away
  });
}).listen(0, "127.0.0.1", () => writeFileSync("up.port", String(server.address().port)));
JS
node up.mjs & up=$!
while [ ! -s up.port ]; do sleep 0.1; done
port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
mkdir -p home/.claude-code-router
printf '{"PORT":%s,"LOG":false,"NON_INTERACTIVE_MODE":true,"Providers":[{"name":"up","api_base_url":"http://127.0.0.1:%s/v1/chat/completions","api_key":"k","models":["m"]}],"Router":{"default":"up,m"}}' \
  "$port" "$(cat up.port)" >home/.claude-code-router/config.json
HOME=$dir/home node node_modules/@musistudio/claude-code-router/dist/cli.js start >/dev/null 2>&1 & gw=$!
cat >client.mjs <<'JS'
const url = `http://127.0.0.1:${process.argv[2]}/v1/messages`;
const tools = [{ name: "run", description: "Runs a command.", input_schema: { type: "object", properties: { cmd: { type: "string" } } } }];
const body = JSON.stringify({ model: "m", max_tokens: 99, stream: true, tools, messages: [{ role: "user", content: "go" }] });
for (let attempt = 0; attempt < 200; attempt++) {
  try {
    const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json", "x-api-key": "k" }, body });
    for (const line of (await answer.text()).split("\n")) if (line.startsWith("data: ")) console.log(line.slice(6));
    break;
  } catch { await new Promise((go) => setTimeout(go, 100)); }
}
JS
node client.mjs "$port" >out
echo "@musistudio/claude-code-router $(node -p 'require("./node_modules/@musistudio/claude-code-router/package.json").version'), node $(node --version)"
grep -E 'message_delta|message_stop|input_json_delta' out
grep -q '"partial_json":"{\\"cmd\\":\\"ec"' out || { echo "CHANGED: half of the call is not passed on"; exit 1; }
grep 'message_delta' out | grep -q '"stop_reason":"end_turn"' || { echo "CHANGED: the end is another one"; exit 1; }
grep 'message_delta' out | grep -q '"output_tokens":0' || { echo "CHANGED: usage is counted"; exit 1; }
grep -q '"type":"message_stop"' out || { echo "CHANGED: no message_stop"; exit 1; }
echo "as seen: a stream that was cut ends as end_turn with usage 0"
