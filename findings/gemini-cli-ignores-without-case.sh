#!/bin/sh
# @google/gemini-cli 0.61.0, Gemini API, its tools read_file and glob, Linux with git.
#
# Guess: what "respects .gitignore" means is what git does: on Linux the line build/ ignores the directory build and not the directory Build.
# Seen: letters are compared without their case. read_file refuses a file in Build that git tracks ("ignored by configured ignore patterns"), glob leaves
# it out as ignored, and so a source directory that differs from an ignored one by a capital (Debug, Lib, Dist) is closed to the model, which is
# told that its project ignores it.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@google/gemini-cli":"0.61.0"}}' >package.json
npm install --silent --no-audit --no-fund >/dev/null 2>&1
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const calls = [
  { name: "read_file", args: { file_path: "Build/steps.md" } },
  { name: "glob", args: { pattern: "**/*.md" } },
];
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
mkdir work/Build work/docs; echo build/ >work/.gitignore; echo steps >work/Build/steps.md; echo index >work/docs/index.md
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
git -C work init -q; git -C work add .
tracked=$(git -C work ls-files Build); ignored=0; git -C work check-ignore -q Build/steps.md || ignored=$?
(cd work && HOME=$dir/home GEMINI_API_KEY=x GOOGLE_GEMINI_BASE_URL="http://127.0.0.1:$(cat ../up.port)" GEMINI_CLI_TRUST_WORKSPACE=true \
  node ../node_modules/@google/gemini-cli/bundle/gemini.js -y -m gemini-2.5-pro -p go </dev/null >/dev/null 2>&1)
echo "@google/gemini-cli $(node -p 'require("./node_modules/@google/gemini-cli/package.json").version'), node $(node --version)"
echo "git: tracks $tracked, check-ignore ends with $ignored"
node -e '
const { contents } = JSON.parse(require("fs").readFileSync("last.json", "utf8"));
const answers = contents.flatMap(({ parts }) => parts).filter((part) => part.functionResponse).map((part) => JSON.stringify(part.functionResponse.response));
for (const answer of answers) console.log(answer.replaceAll(process.cwd(), "."));
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
if (!/is ignored by configured ignore patterns/.test(answers[0])) fail("the file is read");
if (/steps\.md/.test(answers[1]) || !/docs\/index\.md/.test(answers[1])) fail("glob finds it");'
[ "$tracked" = Build/steps.md ] && [ "$ignored" = 1 ] || { echo "CHANGED: git ignores it, too"; exit 1; }
echo "as seen: build/ closes Build to the model"
