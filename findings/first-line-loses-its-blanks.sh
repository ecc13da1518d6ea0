#!/bin/sh
# @google/gemini-cli 0.61.0 (Gemini API) and @github/copilot 1.0.102 (Chat Completions), their tools for commands, Linux with git.
#
# Guess: what a command prints reaches the model as it was printed; at most blank lines at its two ends are cut off.
# Seen: the blanks at the beginning of the first line go, those of all other lines stay. A format with columns changes its meaning by that: `git status --short`
# prints " M one" and " M two", both changed and not staged; the model reads "M one", which is staged, and " M two", which is not. A line that is
# printed by `sed -n 3p` comes without its indentation, and the edit that is made from it does not match. (Claude Code 2.1.332, codex 0.171.0,
# opencode 1.18.33 and pi 1.6.0 keep them, qwen-code 0.24.4 does not.)
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
export TMPDIR="$dir"
printf '{"private":true,"dependencies":{"@google/gemini-cli":"0.61.0","@github/copilot":"1.0.102"}}' >package.json
npm install --silent --no-audit --no-fund >/dev/null 2>&1
copilot=$(find "$dir/node_modules/@github" -type f -name copilot -path '*linux*' | head -1)
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const args = (turn) => ({ command: ["git status --short", "sed -n 1p one"][turn], description: "a step" });
let turns = { gemini: 0, copilot: 0 };
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    const body = raw ? JSON.parse(raw) : {};
    const main = body.tools?.some(({ functionDeclarations, function: named }) => named || functionDeclarations?.length > 0);
    if (request.url.includes("completions")) {
      if (main) writeFileSync("copilot.json", raw);
      const call = main && turns.copilot < 2 ? { index: 0, id: `call_${turns.copilot}`, type: "function", function: { name: "bash", arguments: JSON.stringify(args(turns.copilot++)) } } : undefined;
      const chunk = (delta, finish_reason = null) => `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
      response.writeHead(200, { "content-type": "text/event-stream" });
      return response.end(`${chunk({ role: "assistant", ...(call ? { tool_calls: [call] } : { content: "done" }) })}${chunk({}, call ? "tool_calls" : "stop")}data: [DONE]\n\n`);
    }
    if (main) writeFileSync("gemini.json", raw);
    const part = main && turns.gemini < 2 ? { functionCall: { name: "run_shell_command", args: args(turns.gemini++) } } : { text: "done" };
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
export HOME="$dir/home"
printf '{"security":{"auth":{"selectedType":"gemini-api-key"}},"privacy":{"usageStatisticsEnabled":false},"general":{"disableAutoUpdate":true}}' >home/.gemini/settings.json
git init -q work
(cd work && echo 1 >one && echo 2 >two && git add . && git -c user.name=a -c user.email=a@example.org commit -qm start && echo '    return 1' >one && echo 3 >two)
(cd work && git status --short && sed -n 1p one) | tee printed
(cd work && GEMINI_API_KEY=x GOOGLE_GEMINI_BASE_URL="http://127.0.0.1:$(cat ../up.port)" GEMINI_CLI_TRUST_WORKSPACE=true \
  node ../node_modules/@google/gemini-cli/bundle/gemini.js -y -m gemini-2.5-pro -p go </dev/null >/dev/null 2>&1)
(cd work && COPILOT_PROVIDER_BASE_URL="http://127.0.0.1:$(cat ../up.port)/v1" COPILOT_PROVIDER_TYPE=openai COPILOT_PROVIDER_API_KEY=x COPILOT_MODEL=m COPILOT_OFFLINE=true \
  "$copilot" -p go --allow-all-tools </dev/null >/dev/null 2>&1)
echo "@google/gemini-cli $(node -p 'require("./node_modules/@google/gemini-cli/package.json").version'), $("$copilot" --version | head -1)"
node -e '
const { readFileSync } = require("fs");
const read = (name) => JSON.parse(readFileSync(name, "utf8"));
const results = {
  gemini: read("gemini.json").contents.flatMap(({ parts }) => parts).filter((part) => part.functionResponse).map(({ functionResponse }) => functionResponse.response.output),
  copilot: read("copilot.json").messages.filter(({ role }) => role === "tool").map(({ content }) => content),
};
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
if (readFileSync("printed", "utf8") !== " M one\n M two\n    return 1\n") fail("git or sed print something else");
for (const [name, outputs] of Object.entries(results)) {
  const [status, line] = outputs.map((output) => output.replace(/^<untrusted_context>\nOutput: /, ""));
  console.log(`${name}: ${JSON.stringify(status)}, ${JSON.stringify(line)}`);
  if (!/^M one\n M two\n/.test(status)) fail(`${name} keeps the first blank of git status`);
  if (!/^return 1\n/.test(line)) fail(`${name} keeps the indentation`);
}
console.log("as seen: the first line of what is printed loses its blanks");'
