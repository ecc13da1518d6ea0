#!/bin/sh
# opencode-ai 1.18.33, Chat Completions, its tool bash, Linux.
#
# Guess: the model reads how a command ended: an exit code other than 0 is in the result, or the result is marked as an error.
# Seen: it is in neither. The result is the output alone, "(no output)" where there is none, and a test run that fails silently reads exactly like
# one that passes: `exit 0`, `exit 3` and `diff -q` of different files with the text thrown away give the same message. opencode itself knows: the code
# is in the JSON of `opencode run --format json`, under metadata, where only people and programs see it.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"opencode-ai":"1.18.33"}}' >package.json
npm install --silent --no-audit --no-fund >/dev/null 2>&1
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const commands = ["exit 0", "exit 3", "diff -q one two >/dev/null", "echo failed; exit 3"];
let turn = 0;
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => { raw += data; }).on("end", () => {
    const body = raw ? JSON.parse(raw) : {};
    const command = body.tools?.length > 0 ? commands[turn++] : undefined;
    if (body.tools?.length > 0) writeFileSync("last.json", raw);
    const chunk = (delta, finish_reason = null) => `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    const call = { index: 0, id: `call_${turn}`, type: "function", function: { name: "bash", arguments: JSON.stringify({ command, description: "a step" }) } };
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(`${chunk({ role: "assistant", ...(command ? { tool_calls: [call] } : { content: "done" }) })}${chunk({}, command ? "tool_calls" : "stop")}data: [DONE]\n\n`);
  });
}).listen(0, "127.0.0.1", function () { writeFileSync("up.port", String(this.address().port)); });
JS
node up.mjs & up=$!
while [ ! -s up.port ]; do sleep 0.1; done
mkdir -p home/.config/opencode project; echo 1 >project/one; echo 2 >project/two
printf '{"provider":{"up":{"npm":"@ai-sdk/openai-compatible","options":{"baseURL":"http://127.0.0.1:%s/v1","apiKey":"x"},"models":{"m":{}}}},"model":"up/m","autoupdate":false,"share":"disabled"}' \
  "$(cat up.port)" >home/.config/opencode/opencode.json
(cd project && HOME=$dir/home ../node_modules/.bin/opencode run --format json go </dev/null >../events 2>/dev/null)
echo "opencode-ai $(node -p 'require("./node_modules/opencode-ai/package.json").version')"
node -e '
const { readFileSync } = require("fs");
const results = JSON.parse(readFileSync("last.json", "utf8")).messages.filter(({ role }) => role === "tool").map(({ content }) => content);
const codes = readFileSync("events", "utf8").trim().split("\n").map(JSON.parse).filter(({ type }) => type === "tool_use").map(({ part }) => part.state.metadata?.exit);
console.log(`to the model: ${JSON.stringify(results)}`);
console.log(`in the events: ${JSON.stringify(codes)}`);
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
if (JSON.stringify(codes) !== "[0,3,1,3]") fail("the events have other codes");
if (results.length !== 4 || results.slice(0, 3).some((result) => result !== results[0]) || results[3] !== "failed\n") fail("the model is told how a command ended");
console.log("as seen: a command that fails reads like one that does not");'
