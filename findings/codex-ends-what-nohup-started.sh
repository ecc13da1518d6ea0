#!/bin/sh
# @openai/codex 0.171.0, `codex exec`, its tool exec_command, without a sandbox.
#
# Guess: a server that a command starts with `nohup … &` and leaves in the background runs on after the command has returned, for the next call at
# least; that is what nohup is for, and Claude Code 2.1.332, opencode 1.18.33 and gemini-cli 0.61.0 keep to it.
# Seen: it is ended together with the shell that started it, without a word: the call returns with code 0 and "started", and what the process was to do is
# never done. `disown` changes nothing; only one that left its process group (setsid) lives on.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@openai/codex":"0.171.0"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const call = (call_id, cmd) => ({ type: "function_call", call_id, name: "exec_command", arguments: JSON.stringify({ cmd, yield_time_ms: 30000 }) });
const later = (name) => `sh -c 'sleep 2; touch ${name}.ran' >/dev/null 2>&1 &`;
const calls = [
  call("c1", `nohup ${later("nohup")} echo started`),
  call("c2", `${later("disown")} disown; echo started`),
  call("c3", `setsid ${later("setsid")} echo started`),
  // The others began earlier and would be done by then.
  call("c4", "for i in $(seq 100); do if [ -e setsid.ran ]; then break; fi; sleep 0.1; done; sleep 1; ls"),
];
let turn = 0;
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    if (!request.url.endsWith("/responses")) return response.writeHead(404).end("{}");
    writeFileSync("last.json", raw);
    const item = calls[turn++] ?? { type: "message", role: "assistant", id: "m", content: [{ type: "output_text", text: "done" }] };
    const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
    const events = [{ type: "response.created", response: { id: "r" } }, { type: "response.output_item.done", output_index: 0, item }, { type: "response.completed", response: { id: "r", usage } }];
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(events.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join(""));
  });
}).listen(0, "127.0.0.1", function () { writeFileSync("up.port", String(this.address().port)); });
JS
node up.mjs & up=$!
while [ ! -s up.port ]; do sleep 0.1; done
mkdir home work
printf 'model = "gpt-5.5"\nmodel_provider = "x"\n[model_providers.x]\nname = "x"\nbase_url = "http://127.0.0.1:%s/v1"\nwire_api = "responses"\n' "$(cat up.port)" >home/config.toml
(cd work && HOME=$dir/home CODEX_HOME=$dir/home ../node_modules/.bin/codex exec --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox go </dev/null >/dev/null 2>&1)
node_modules/.bin/codex --version
node -e '
const { readFileSync } = require("fs");
const outputs = JSON.parse(readFileSync("last.json", "utf8")).input.filter(({ type }) => /_output$/.test(type)).map(({ output }) => output.split(/Output:\n/)[1].trim());
for (const output of outputs) console.log(output);
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
if (outputs.slice(0, 3).some((output) => output !== "started")) fail("the model is told more than that it started");
if (outputs[3] !== "setsid.ran") fail("other processes live on");
console.log("as seen: nohup and disown do not outlive their command");'
