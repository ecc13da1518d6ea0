#!/bin/sh
# @openai/codex 0.171.0, `codex exec`, its tool apply_patch.
#
# Guess: "@@ LINE" says where the lines that follow belong; added lines below it, without context of their own, come after LINE.
# Seen: the line is looked for (one that is not there is an error), and then makes no difference: lines that are only added go to the end of the file. Here a
# log meant for first() ends up in the last function, and the result is "Success". With one line of context below the added ones the place is right.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@openai/codex":"0.171.0"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const patch = (...lines) => ({ type: "custom_tool_call", id: `ct_${lines[0]}`, call_id: lines.join("+"), name: "apply_patch", input: ["*** Begin Patch", ...lines, "*** End Patch"].join("\n"), status: "completed" });
const calls = [
  patch("*** Update File: bare.py", "@@ def first():", "+    log('first')"),
  patch("*** Update File: context.py", "@@ def first():", "+    log('first')", "     return 1"),
  patch("*** Update File: bare.py", "@@ def third():", "+    log('third')"),
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
printf 'def first():\n    return 1\n\ndef second():\n    return 2\n' | tee work/bare.py >work/context.py
(cd work && HOME=$dir/home CODEX_HOME=$dir/home ../node_modules/.bin/codex exec --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox go </dev/null >/dev/null 2>&1)
node_modules/.bin/codex --version
cat work/bare.py
node -e '
const { readFileSync } = require("fs");
const outputs = JSON.parse(readFileSync("last.json", "utf8")).input.filter(({ type }) => /_output$/.test(type)).map(({ output }) => JSON.stringify(output));
for (const output of outputs) console.log(output.replaceAll(process.cwd(), "."));
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
if (!/Success/.test(outputs[0]) || !/Success/.test(outputs[1])) fail("a patch is refused");
if (!/Failed to find context/.test(outputs[2])) fail("a line that is not there is not looked for");
const log = "    log(\u0027first\u0027)\n";
if (readFileSync("work/bare.py", "utf8") !== `def first():\n    return 1\n\ndef second():\n    return 2\n${log}`) fail("the line is put elsewhere");
if (readFileSync("work/context.py", "utf8") !== `def first():\n${log}    return 1\n\ndef second():\n    return 2\n`) fail("with context it is put elsewhere");
console.log("as seen: lines added below @@ go to the end of the file");'
