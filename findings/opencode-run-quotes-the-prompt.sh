#!/bin/sh
# opencode-ai 1.18.33, Chat Completions, Linux.
#
# Guess: `opencode run "Fix the test"` says to the model: Fix the test.
# Seen: a prompt with a blank in it reaches the model, and the stored session, inside literal double quotes ("Fix the test"), as if each argument were
# quoted for a shell again; a prompt of one word does not.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"opencode-ai":"1.18.33"}}' >package.json
npm install --silent --no-audit --no-fund >/dev/null 2>&1
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { appendFileSync, writeFileSync } from "node:fs";
const server = createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => { raw += data; }).on("end", () => {
    const body = raw ? JSON.parse(raw) : {};
    const text = ({ content }) => (typeof content === "string" ? content : content.map((part) => part.text ?? "").join(""));
    if (body.tools?.length > 0) appendFileSync("prompts", `${text(body.messages.findLast(({ role }) => role === "user"))}\n`);
    const chunk = (delta, finish_reason = null) => `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(`${chunk({ role: "assistant", content: "done" })}${chunk({}, "stop")}data: [DONE]\n\n`);
  });
}).listen(0, "127.0.0.1", () => writeFileSync("up.port", String(server.address().port)));
JS
node up.mjs & up=$!
while [ ! -s up.port ]; do sleep 0.1; done
mkdir -p home/.config/opencode project
printf '{"provider":{"up":{"npm":"@ai-sdk/openai-compatible","options":{"baseURL":"http://127.0.0.1:%s/v1","apiKey":"x"},"models":{"m":{}}}},"model":"up/m","autoupdate":false,"share":"disabled"}' \
  "$(cat up.port)" >home/.config/opencode/opencode.json
run() { (cd project && HOME=$dir/home ../node_modules/.bin/opencode run "$@" </dev/null >/dev/null 2>&1); }
run "Fix the test"
run hello
echo "opencode-ai $(node -p 'require("./node_modules/opencode-ai/package.json").version')"
cat prompts
[ "$(sed -n 1p prompts)" = '"Fix the test"' ] || { echo "CHANGED: the prompt arrives as $(sed -n 1p prompts)"; exit 1; }
[ "$(sed -n 2p prompts)" = 'hello' ] || { echo "CHANGED: one word arrives as $(sed -n 2p prompts)"; exit 1; }
echo "as seen: a prompt with blanks arrives in double quotes"
