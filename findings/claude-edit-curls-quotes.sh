#!/bin/sh
# @anthropic-ai/claude-code 2.1.332, `claude -p`, its tool Edit.
#
# Guess: Edit needs old_string to the letter and writes new_string to the letter; a typographic apostrophe that the model gave as ' is a mismatch, or is
# forgiven in the search alone.
# Seen: it is forgiven, and then every quote of new_string is made typographic, those of the code as well: where the block that was found has a ’ in a
# comment, const name = 'full name' is written as ‘full name’, which is no JavaScript any more. The model is told that the file "has been updated
# successfully", without the text.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@anthropic-ai/claude-code":"2.1.332"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
claude=$(find "$dir/node_modules/@anthropic-ai" -type f -name claude -path '*linux*' | head -1)
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const place = (name) => `${process.cwd()}/work/${name}`;
const file_path = place("user.mjs");
const old_string = "// It's what the user's page shows.\nexport const name = 'name';";
const calls = [
  ["Read", { file_path }],
  ["Edit", { file_path, old_string, new_string: old_string.replace("'name'", "'full name'") }],
];
let turn = 0;
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    if (!/^\/v1\/messages(\?|$)/.test(request.url)) return response.writeHead(404).end("{}");
    const { model, tools } = JSON.parse(raw);
    const call = tools?.length > 0 ? calls[turn++] : undefined;
    if (tools?.length > 0) writeFileSync("last.json", raw);
    const delta = call ? { type: "input_json_delta", partial_json: JSON.stringify(call[1]) } : { type: "text_delta", text: "done" };
    const usage = { input_tokens: 10, output_tokens: 5 };
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const one of [
      { type: "message_start", message: { id: "msg_1", type: "message", role: "assistant", model, content: [], stop_reason: null, usage } },
      { type: "content_block_start", index: 0, content_block: call ? { type: "tool_use", id: `call_${turn}`, name: call[0], input: {} } : { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: call ? "tool_use" : "end_turn", stop_sequence: null }, usage: { output_tokens: 5 } },
      { type: "message_stop" },
    ]) response.write(`event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`);
    response.end();
  });
}).listen(0, "127.0.0.1", function () { writeFileSync("up.port", String(this.address().port)); });
JS
node up.mjs & up=$!
while [ ! -s up.port ]; do sleep 0.1; done
mkdir home work
printf "// It\342\200\231s what the user\342\200\231s page shows.\nexport const name = 'name';\n" >work/user.mjs
node --check work/user.mjs
export HOME="$dir/home" ANTHROPIC_BASE_URL="http://127.0.0.1:$(cat up.port)" ANTHROPIC_API_KEY=sk-x
export DISABLE_TELEMETRY=1 DISABLE_ERROR_REPORTING=1 DISABLE_AUTOUPDATER=1 CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1
(cd work && "$claude" -p go --permission-mode acceptEdits </dev/null >/dev/null 2>&1)
"$claude" --version
cat work/user.mjs
node -e '
const { readFileSync } = require("fs");
const result = JSON.parse(readFileSync("last.json", "utf8")).messages.flatMap(({ content }) => content).filter(({ type }) => type === "tool_result").at(-1);
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
if (result.is_error || !/updated successfully/.test(result.content)) fail("the edit is refused");
if (!readFileSync("work/user.mjs", "utf8").includes("export const name = \u2018full name\u2019;")) fail("the quotes are others");'
! node --check work/user.mjs 2>/dev/null || { echo "CHANGED: it is JavaScript"; exit 1; }
echo "as seen: quotes of code are made typographic"
