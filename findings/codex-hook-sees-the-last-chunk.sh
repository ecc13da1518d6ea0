#!/bin/sh
# @openai/codex 0.171.0, `codex exec`, a PostToolUse hook in hooks.json.
#
# Guess: when a command runs on past its yield_time_ms and the model reads its end with write_stdin, PostToolUse is told either of both calls, each
# with its own output, or once, with all that the command printed.
# Seen: PostToolUse is told once, under the name, the input and the id of the first call ("Bash", the command), but its tool_response is only what came
# after that call had returned. What the first call gave to the model ("first") is in no hook's input, so a hook that keeps or checks the output of
# commands has a part of it and no sign that there was more. PreToolUse is told of the first call alone.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@openai/codex":"0.171.0"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const call = (name, call_id, args) => ({ type: "function_call", call_id, name, arguments: JSON.stringify(args) });
let turn = 0;
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    if (!request.url.endsWith("/responses")) return response.writeHead(404).end("{}");
    const session_id = Number(/session ID (\d+)/.exec(raw)?.[1]);
    const item = [
      // 2 s lie between the two halves, so that the first one is read alone.
      call("exec_command", "c1", { cmd: "echo first; sleep 2; echo second", yield_time_ms: 500 }),
      call("write_stdin", "c2", { session_id, chars: "", yield_time_ms: 20000 }),
    ][turn++] ?? { type: "message", role: "assistant", id: "m", content: [{ type: "output_text", text: "done" }] };
    const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
    const events = [{ type: "response.created", response: { id: "r" } }, { type: "response.output_item.done", output_index: 0, item }, { type: "response.completed", response: { id: "r", usage } }];
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(events.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join(""));
    writeFileSync("last.json", raw);
  });
}).listen(0, "127.0.0.1", function () { writeFileSync("up.port", String(this.address().port)); });
JS
node up.mjs & up=$!
while [ ! -s up.port ]; do sleep 0.1; done
mkdir home work
printf 'model = "gpt-5.5"\nmodel_provider = "x"\n[model_providers.x]\nname = "x"\nbase_url = "http://127.0.0.1:%s/v1"\nwire_api = "responses"\n' "$(cat up.port)" >home/config.toml
hook='[{"hooks":[{"type":"command","command":"cat >>\"$CODEX_HOME/seen\"; echo >>\"$CODEX_HOME/seen\""}]}]'
printf '{"hooks":{"PreToolUse":%s,"PostToolUse":%s}}' "$hook" "$hook" >home/hooks.json
(cd work && HOME=$dir/home CODEX_HOME=$dir/home ../node_modules/.bin/codex exec --skip-git-repo-check --dangerously-bypass-hook-trust \
  --dangerously-bypass-approvals-and-sandbox go </dev/null >/dev/null 2>&1)
node_modules/.bin/codex --version
node -e '
const lines = require("fs").readFileSync("home/seen", "utf8").split("\n").filter(Boolean).map(JSON.parse);
for (const { hook_event_name, tool_name, tool_use_id, tool_response } of lines) console.log(hook_event_name, tool_name, tool_use_id, JSON.stringify(tool_response));
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
const after = lines.filter((one) => one.hook_event_name === "PostToolUse");
if (lines.length !== 2 || after.length !== 1) fail("other hooks were run");
if (after[0].tool_use_id !== "c1" || after[0].tool_name !== "Bash") fail("it is told under another call");
if (after[0].tool_response !== "second\n") fail("its tool_response is another one");
if (!/Output:\\nfirst\\n/.test(require("fs").readFileSync("last.json", "utf8"))) fail("the model did not read the first half alone");
console.log("as seen: the hook of the first call gets the last half of its output");'
