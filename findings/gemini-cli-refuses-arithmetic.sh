#!/bin/sh
# @google/gemini-cli 0.61.0, Gemini API, its tool run_shell_command, approval mode yolo, Linux with bash.
#
# Guess: in yolo mode ("auto-approve all tools") each command that bash takes is run.
# Seen: a command with a `$(` that is not in quotes or is in double ones is not run in any mode: "Command injection detected". That takes arithmetic, $((1+2)),
# and text that bash would never expand, the body of a heredoc with a quoted delimiter, along with it, so that a file with "$(" or a backtick in it
# cannot be written that way. In single quotes the same text passes. The refusal is sent as "output", as if it were what the command printed.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@google/gemini-cli":"0.61.0"}}' >package.json
npm install --silent --no-audit --no-fund >/dev/null 2>&1
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const commands = ["echo $((1+2))", "cat >notes.md <<'END'\nRun `make` first.\nEND", "echo '$(not run) `nor this`'", "echo \"${HOME:+set}\""];
let turn = 0;
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    const main = raw && JSON.parse(raw).tools?.some((tool) => tool.functionDeclarations?.length > 0);
    const command = main ? commands[turn++] : undefined;
    if (main) writeFileSync("last.json", raw);
    const part = command ? { functionCall: { name: "run_shell_command", args: { command } } } : { text: "done" };
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
(cd work && HOME=$dir/home GEMINI_API_KEY=x GOOGLE_GEMINI_BASE_URL="http://127.0.0.1:$(cat ../up.port)" GEMINI_CLI_TRUST_WORKSPACE=true \
  node ../node_modules/@google/gemini-cli/bundle/gemini.js --approval-mode yolo -m gemini-2.5-pro -p go </dev/null >/dev/null 2>&1)
echo "@google/gemini-cli $(node -p 'require("./node_modules/@google/gemini-cli/package.json").version'), node $(node --version)"
node -e '
const { contents } = JSON.parse(require("fs").readFileSync("last.json", "utf8"));
const answers = contents.flatMap(({ parts }) => parts).filter((part) => part.functionResponse).map((part) => part.functionResponse.response);
for (const answer of answers) console.log(JSON.stringify(answer).replace(/\\nProcess Group PGID: \d+/, "").slice(0, 110));
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
const [arithmetic, heredoc, quoted, parameter] = answers.map(({ output }) => output ?? "");
if (!/^Command injection detected/.test(arithmetic)) fail("arithmetic is run");
if (!/^Command injection detected/.test(heredoc) || require("fs").existsSync("work/notes.md")) fail("a quoted heredoc is run");
if (!/\$\(not run\) `nor this`/.test(quoted)) fail("single quotes are refused");
if (!/Output: set/.test(parameter)) fail("a parameter is refused");
console.log("as seen: arithmetic and a quoted heredoc count as an injection");'
