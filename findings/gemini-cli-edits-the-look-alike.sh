#!/bin/sh
# @google/gemini-cli 0.61.0, Gemini API, its tool replace.
#
# Guess: replace changes the "exact literal text" that its documentation asks for; where the file has no such text, it fails and the file stays.
# Seen: text that is not there is looked for by likeness: any lines that differ in at most a tenth of their letters are taken and overwritten as a whole.
# Here the model wants to change a line of DOWNLOAD that the file does not have (any more); the line of UPLOAD is replaced by it, the result is
# "Successfully modified", and the limit of uploads is gone.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@google/gemini-cli":"0.61.0"}}' >package.json
npm install --silent --no-audit --no-fund >/dev/null 2>&1
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const line = (limit) => `export const MAX_RETRIES_DOWNLOAD = readLimit("retries", ${limit});`;
const args = { file_path: "limits.js", instruction: "Allow more retries of downloads.", old_string: line(5), new_string: line(50) };
const calls = [{ name: "read_file", args: { file_path: "limits.js" } }, { name: "replace", args }];
let turn = 0;
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    const main = raw && JSON.parse(raw).tools?.some((tool) => tool.functionDeclarations?.length > 0);
    const functionCall = main ? calls[turn++] : undefined;
    if (main) writeFileSync("last.json", raw);
    const part = functionCall ? { functionCall } : { text: "done" };
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
printf '{"security":{"auth":{"selectedType":"gemini-api-key"}},"privacy":{"usageStatisticsEnabled":false},"general":{"disableAutoUpdate":true}}' >home/.gemini/settings.json
printf 'import { readLimit } from "./env.js";\n\nexport const MAX_RETRIES_UPLOAD = readLimit("retries", 5);\n' >work/limits.js
(cd work && HOME=$dir/home GEMINI_API_KEY=x GOOGLE_GEMINI_BASE_URL="http://127.0.0.1:$(cat ../up.port)" GEMINI_CLI_TRUST_WORKSPACE=true \
  node ../node_modules/@google/gemini-cli/bundle/gemini.js -y -m gemini-2.5-pro -p go </dev/null >/dev/null 2>&1)
echo "@google/gemini-cli $(node -p 'require("./node_modules/@google/gemini-cli/package.json").version'), node $(node --version)"
cat work/limits.js
node -e '
const { contents } = JSON.parse(require("fs").readFileSync("last.json", "utf8"));
const { response } = contents.flatMap(({ parts }) => parts).filter((part) => part.functionResponse).at(-1).functionResponse;
const answer = JSON.stringify(response).replaceAll(process.cwd(), ".");
console.log(answer);
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
if (response.error || !/Successfully modified/.test(answer)) fail("the edit is refused");
const text = require("fs").readFileSync("work/limits.js", "utf8");
if (/UPLOAD/.test(text) || !/DOWNLOAD = readLimit\("retries", 50\)/.test(text)) fail("the line of uploads is kept");
console.log("as seen: an edit of a line that is not there replaces one that looks like it");'
