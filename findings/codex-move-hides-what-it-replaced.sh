#!/bin/sh
# @openai/codex 0.171.0, `codex exec --json`, its tool apply_patch.
#
# Guess: "*** Move to: PATH" is refused where PATH exists, as "git mv" does; and the file_change item names both files.
# Seen: the other file is replaced, and nobody is told: the model reads "M kept.txt", and the only change in the JSON is an "update" of the old name,
# which is gone from the disk by then. The file that was lost is in no event, so a reviewer who reads the changes, or a program that saves what they
# name, does not know of it.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@openai/codex":"0.171.0"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const patch = (...lines) => ({ type: "custom_tool_call", id: `ct_${lines[0]}`, call_id: lines.join("+"), name: "apply_patch", input: ["*** Begin Patch", ...lines, "*** End Patch"].join("\n"), status: "completed" });
const calls = [patch("*** Update File: draft.txt", "*** Move to: kept.txt", "@@", "-draft", "+final")];
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
echo draft >work/draft.txt; echo precious >work/kept.txt
(cd work && HOME=$dir/home CODEX_HOME=$dir/home ../node_modules/.bin/codex exec --json --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox go </dev/null >../events 2>/dev/null)
node_modules/.bin/codex --version
node -e '
const { existsSync, readFileSync } = require("fs");
const outputs = JSON.parse(readFileSync("last.json", "utf8")).input.filter(({ type }) => /_output$/.test(type)).map(({ output }) => JSON.stringify(output));
const items = readFileSync("events", "utf8").trim().split("\n").map(JSON.parse).filter(({ type, item }) => type === "item.completed" && item.type === "file_change");
const changes = items.flatMap(({ item }) => item.changes).map(({ path, kind }) => `${kind} ${path.split("/").at(-1)}`);
console.log(outputs[0]);
console.log(`changes: ${changes}; on disk: draft.txt ${existsSync("work/draft.txt")}, kept.txt ${JSON.stringify(readFileSync("work/kept.txt", "utf8"))}`);
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
if (!/Success.*M kept\.txt/.test(outputs[0]) || /precious/.test(outputs[0])) fail("the model is told something else");
if (`${changes}` !== "update draft.txt") fail("the changes are others");
if (existsSync("work/draft.txt") || readFileSync("work/kept.txt", "utf8") !== "final\n") fail("the other file is kept");
console.log("as seen: a move replaces a file, and the events do not name it");'
