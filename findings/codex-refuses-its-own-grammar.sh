#!/bin/sh
# @openai/codex 0.171.0, `codex exec`, its tool apply_patch.
#
# Guess: the grammar that is sent with the tool, to keep the model to patches that can be applied, describes what is then taken.
# Seen: two forms that the grammar has are refused. "change_move? change?": a file that is renamed and not changed ("hunk … is empty"). "(change_context |
# change_line)+": two @@ lines in a row, class and method, to find a place ("Unexpected line found"). Whoever writes a file that the grammar allows
# must change a line to rename, and cannot tell two methods of one name apart by their classes.
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
  patch("*** Update File: old.txt", "*** Move to: new.txt"),
  patch("*** Update File: shapes.py", "@@ class Circle:", "@@ def area(self):", "-        pass", "+        return 3"),
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
echo kept >work/old.txt
printf 'class Square:\n    def area(self):\n        pass\n\nclass Circle:\n    def area(self):\n        pass\n' >work/shapes.py
(cd work && HOME=$dir/home CODEX_HOME=$dir/home ../node_modules/.bin/codex exec --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox go </dev/null >/dev/null 2>&1)
node_modules/.bin/codex --version
node -e '
const { existsSync, readFileSync } = require("fs");
const outputs = JSON.parse(readFileSync("last.json", "utf8")).input.filter(({ type }) => /_output$/.test(type)).map(({ output }) => JSON.stringify(output));
const { format } = JSON.parse(readFileSync("last.json", "utf8")).tools.find(({ name }) => name === "apply_patch");
const rules = format.definition.split("\n").filter((line) => /^(update_hunk|change):/.test(line));
for (const line of [...rules, ...outputs]) console.log(line);
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
if (!/change_move\? change\?$/.test(rules[0]) || !/^change: \(change_context \| change_line\)\+/.test(rules[1])) fail("the grammar is another one");
if (!/is empty/.test(outputs[0]) || existsSync("work/new.txt")) fail("a rename alone is taken");
if (!/Unexpected line found/.test(outputs[1]) || /return/.test(readFileSync("work/shapes.py", "utf8"))) fail("two @@ lines are taken");
console.log("as seen: patches of its grammar are refused");'
