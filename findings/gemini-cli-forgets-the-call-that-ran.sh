#!/bin/sh
# @google/gemini-cli 0.61.0, Gemini API, approval mode yolo, Linux.
#
# Guess: when gemini-cli ends while a command runs, --resume shows the model that call, with a result that says that its end is not known.
# Seen: the call is gone. What the model reads is "[The previous response was interrupted before it completed.]" in the place of its own turn: no name, no
# arguments, no result. The command has run, at least in part, and the model that is asked to go on does not know that it ever asked for it, so it is run
# again. (Claude Code 2.1.332, Copilot 1.0.102, opencode 1.18.33, qwen-code 0.24.4 and pi 1.6.0 keep the call and give it a result.)
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; [ -z "$peer" ] || end 2>/dev/null || true; rm -rf "$dir"' EXIT; up= peer=
cd "$dir"
end() { node -e 'process.kill(-process.argv[1], "SIGKILL")' "$peer"; }
printf '{"private":true,"dependencies":{"@google/gemini-cli":"0.61.0"}}' >package.json
npm install --silent --no-audit --no-fund >/dev/null 2>&1
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const commands = ["echo first", "echo migrated >>log; sleep 5"];
let turn = 0;
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    const main = raw && JSON.parse(raw).tools?.some((tool) => tool.functionDeclarations?.length > 0);
    const command = main ? commands[turn++] : undefined;
    if (main) writeFileSync("last.json", raw);
    const part = command ? { functionCall: { name: "run_shell_command", args: { command, description: "a step" } } } : { text: "done" };
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
export HOME="$dir/home" GEMINI_API_KEY=x GOOGLE_GEMINI_BASE_URL="http://127.0.0.1:$(cat up.port)" GEMINI_CLI_TRUST_WORKSPACE=true
cd work
setsid node ../node_modules/@google/gemini-cli/bundle/gemini.js -y -m gemini-2.5-pro -p "Migrate." </dev/null >/dev/null 2>&1 & peer=$!
for _ in $(seq 600); do [ ! -s log ] || break; sleep 0.1; done
sleep 1
end
wait "$peer" 2>/dev/null || true
peer=
node ../node_modules/@google/gemini-cli/bundle/gemini.js -y -m gemini-2.5-pro --resume latest -p "Go on." </dev/null >/dev/null 2>&1
cd ..
echo "@google/gemini-cli $(node -p 'require("./node_modules/@google/gemini-cli/package.json").version'), node $(node --version)"
node -e '
const { readFileSync } = require("fs");
const { contents } = JSON.parse(readFileSync("last.json", "utf8"));
const short = (part) => part.text?.slice(0, 90) ?? (part.functionCall ? `call of ${part.functionCall.args.command}` : "a result");
for (const { role, parts } of contents.slice(1)) console.log(`${role}: ${parts.map(short).join(" + ")}`);
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
const text = JSON.stringify(contents);
if (readFileSync("work/log", "utf8") !== "migrated\n") fail("the command has not run once");
if (!text.includes("echo first") || !text.includes("Go on.")) fail("the session is not resumed");
if (text.includes("migrated")) fail("the model reads of the call");
console.log("as seen: the command that was running is not in the session");'
