#!/bin/sh
# @google/gemini-cli 0.61.0, Gemini API, Node.
#
# Guess: a session that is resumed sends the model what it had seen: every call with its one response, as in the request before.
# Seen: with --resume the response of each call goes to the model twice, in one user content: a model turn with one functionCall is followed by
# two equal functionResponse parts (the file of the session has a call's result in the answer's toolCalls and as a message of its own, and
# both are taken up). The API wants as many responses as calls; whoever pays by the token pays for every result again.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@google/gemini-cli":"0.61.0"}}' >package.json
npm install --silent --no-audit --no-fund >/dev/null 2>&1
mkdir -p home/.gemini project
printf '{"security":{"auth":{"selectedType":"gemini-api-key"}},"privacy":{"usageStatisticsEnabled":false},"general":{"disableAutoUpdate":true}}' >home/.gemini/settings.json
echo hello >project/notes.md
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { appendFileSync, writeFileSync } from "node:fs";
let main = 0;
const server = createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => { raw += data; }).on("end", () => {
    const body = raw ? JSON.parse(raw) : {};
    const tools = body.tools?.some((tool) => tool.functionDeclarations?.length > 0);
    if (tools) appendFileSync("requests.jsonl", `${JSON.stringify(body.contents)}\n`);
    const call = { functionCall: { name: "read_file", args: { file_path: "notes.md" } } };
    const part = tools && main++ === 0 ? call : { text: "done" };
    const whole = {
      candidates: [{ content: { role: "model", parts: [part] }, finishReason: "STOP", index: 0 }],
      usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 1, totalTokenCount: 10 },
    };
    const stream = request.url.includes("stream");
    response.writeHead(200, { "content-type": stream ? "text/event-stream" : "application/json" });
    response.end(stream ? `data: ${JSON.stringify(whole)}\n\n` : JSON.stringify({ ...whole, totalTokens: 9 }));
  });
}).listen(0, "127.0.0.1", () => writeFileSync("up.port", String(server.address().port)));
JS
node up.mjs & up=$!
while [ ! -s up.port ]; do sleep 0.1; done
run() {
  (cd project && HOME=$dir/home GEMINI_API_KEY=x GOOGLE_GEMINI_BASE_URL="http://127.0.0.1:$(cat ../up.port)" GEMINI_CLI_TRUST_WORKSPACE=true \
    node ../node_modules/@google/gemini-cli/bundle/gemini.js -y -m gemini-2.5-pro "$@" </dev/null >/dev/null 2>&1)
}
run -p "Read the notes"
run --resume latest -p "And again"
echo "@google/gemini-cli $(node -p 'require("./node_modules/@google/gemini-cli/package.json").version'), node $(node --version)"
cat >count.mjs <<'JS'
import { readFileSync } from "node:fs";
for (const [index, line] of readFileSync("requests.jsonl", "utf8").trim().split("\n").entries()) {
  const parts = JSON.parse(line).flatMap((content) => content.parts);
  const count = (kind) => parts.filter((part) => kind in part).length;
  console.log(`request ${index + 1}: ${count("functionCall")} calls, ${count("functionResponse")} responses`);
}
JS
node count.mjs | tee out
grep -q "^request 2: 1 calls, 1 responses" out || { echo "CHANGED: already the first run is another"; exit 1; }
grep -q "^request 3: 1 calls, 2 responses" out || { echo "CHANGED: a resumed session sends another number of responses"; exit 1; }
echo "as seen: after --resume every result of a tool is sent twice"
