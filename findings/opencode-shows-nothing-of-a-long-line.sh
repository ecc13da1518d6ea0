#!/bin/sh
# opencode-ai 1.18.33, Chat Completions, its tool bash, Linux.
#
# Guess: of an output that is too long the model reads the beginning, the end or both; the rest is in a file that it is told of.
# Seen: what is kept is whole lines from the end. Where the last line alone is too long, a JSON file without line breaks or a minified bundle, nothing is
# kept, and the result is "...output truncated...", the name of the file, and "(no output)", the words for a command that printed nothing. One short line behind it,
# and that line is all the model reads. (codex 0.171.0, Claude Code 2.1.332, Copilot 1.0.102 and pi 1.6.0 show a part of the line.)
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
export TMPDIR="$dir"
printf '{"private":true,"dependencies":{"opencode-ai":"1.18.33"}}' >package.json
npm install --silent --no-audit --no-fund >/dev/null 2>&1
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const commands = ["cat one-line.json", "cat one-line.json; echo 3 warnings", "cat many-lines.txt"];
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
mkdir -p home/.config/opencode project
node -e 'console.log(JSON.stringify({ status: "failed", rows: Array.from({ length: 20000 }, (_, row) => row) }))' >project/one-line.json
seq 1 20000 >project/many-lines.txt
printf '{"provider":{"up":{"npm":"@ai-sdk/openai-compatible","options":{"baseURL":"http://127.0.0.1:%s/v1","apiKey":"x"},"models":{"m":{}}}},"model":"up/m","autoupdate":false,"share":"disabled"}' \
  "$(cat up.port)" >home/.config/opencode/opencode.json
(cd project && HOME=$dir/home OPENCODE_DISABLE_MODELS_FETCH=1 ../node_modules/.bin/opencode run go </dev/null >/dev/null 2>&1)
echo "opencode-ai $(node -p 'require("./node_modules/opencode-ai/package.json").version')"
node -e '
const results = JSON.parse(require("fs").readFileSync("last.json", "utf8")).messages.filter(({ role }) => role === "tool").map(({ content }) => content);
for (const result of results) console.log(`${result.length} characters: ${JSON.stringify(result.slice(0, 60))}…${JSON.stringify(result.slice(-60))}`);
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
const [line, more, lines] = results;
if (/rows|19999/.test(line) || !/\(no output\)$/.test(line.trim())) fail("a part of the line is shown");
if (/rows|19999/.test(more) || !/3 warnings$/.test(more.trim())) fail("a part of the line before is shown");
if (!/\n19999\n20000$/.test(lines.trim())) fail("the end of many lines is not shown");
console.log("as seen: a line that is too long reads like no output");'
