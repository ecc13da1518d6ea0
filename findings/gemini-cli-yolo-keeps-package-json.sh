#!/bin/sh
# @google/gemini-cli 0.61.0, Gemini API, approval mode yolo, run without a terminal.
#
# Guess: with -y ("automatically accept all actions") every file of the trusted directory can be written.
# Seen: some cannot, by their names alone and wherever they are in the tree: Makefile, package.json, Dockerfile, Cargo.toml, setup.py … are "denied by policy", which
# "requires explicit user confirmation" that nobody can give there. A workflow of CI, tsconfig.json and vite.config.ts are written. A job that
# shall add a dependency cannot, and ends with exit code 0.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
export TMPDIR="$dir"
printf '{"private":true,"dependencies":{"@google/gemini-cli":"0.61.0"}}' >package.json
npm install --silent --no-audit --no-fund >/dev/null 2>&1
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const files = ["package.json", "docs/examples/Makefile", "Dockerfile", "Cargo.toml", "setup.py", "tsconfig.json", ".github/workflows/ci.yml", "vite.config.ts"];
let turn = 0;
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    const main = raw && JSON.parse(raw).tools?.some((tool) => tool.functionDeclarations?.length > 0);
    const file = main ? files[turn++] : undefined;
    if (main) writeFileSync("last.json", raw);
    const part = file ? { functionCall: { name: "write_file", args: { file_path: file, content: "# written\n" } } } : { text: "done" };
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
code=0
(cd work && HOME=$dir/home GEMINI_API_KEY=x GOOGLE_GEMINI_BASE_URL="http://127.0.0.1:$(cat ../up.port)" GEMINI_CLI_TRUST_WORKSPACE=true \
  node ../node_modules/@google/gemini-cli/bundle/gemini.js -y -m gemini-2.5-pro -p go </dev/null >/dev/null 2>&1) || code=$?
echo "@google/gemini-cli $(node -p 'require("./node_modules/@google/gemini-cli/package.json").version'), node $(node --version), exit code $code"
node -e '
const { contents } = JSON.parse(require("fs").readFileSync("last.json", "utf8"));
const parts = contents.flatMap(({ parts }) => parts);
const files = parts.filter((part) => part.functionCall).map(({ functionCall }) => functionCall.args.file_path);
const answers = parts.filter((part) => part.functionResponse).map(({ functionResponse }) => functionResponse.response);
files.forEach((file, index) => console.log(`${file}: ${answers[index].error ?? answers[index].output.split(":")[0]}`));
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
const denied = answers.map(({ error }) => /requires explicit user confirmation/.test(error ?? ""));
if (denied.length !== 8 || !denied.slice(0, 5).every(Boolean)) fail("all actions are accepted");
if (denied.slice(5).some(Boolean)) fail("other files are denied, too");'
[ "$code" = 0 ] || { echo "CHANGED: exit code $code"; exit 1; }
[ ! -e work/package.json ] && [ -e work/tsconfig.json ] || { echo "CHANGED: other files are there"; exit 1; }
echo "as seen: in yolo mode some files cannot be written"
