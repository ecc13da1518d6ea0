#!/bin/sh
# @anthropic-ai/claude-code 2.1.332, `claude -p`, its tools Write and Edit.
#
# Guess: Write puts the content that the model gave into the file, byte for byte, and Edit the new_string.
# Seen: blanks at the ends of lines are taken off on the way, in Write and in Edit, and the result says that all went well; only names that end in .md
# are spared. So a patch file with empty context lines (" "), a snapshot of padded output or a TSV whose last column is empty cannot be written: here `git
# apply` refuses the patch that the model wrote correctly.
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
const tsv = "name\tnote\nfirst\t\n";
const calls = [
  ["Write", { file_path: place("table.tsv"), content: tsv }],
  ["Write", { file_path: place("table.md"), content: tsv }],
  ["Write", { file_path: place("fix.patch"), content: "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n 1\n \t\n-3\n+three\n" }],
  ["Read", { file_path: place("notes.txt") }],
  ["Edit", { file_path: place("notes.txt"), old_string: "one", new_string: "one  \ntwo" }],
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
mkdir home work; echo one >work/notes.txt; printf '1\n\t\n3\n' >work/f
export HOME="$dir/home" ANTHROPIC_BASE_URL="http://127.0.0.1:$(cat up.port)" ANTHROPIC_API_KEY=sk-x
export DISABLE_TELEMETRY=1 DISABLE_ERROR_REPORTING=1 DISABLE_AUTOUPDATER=1 CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1
(cd work && "$claude" -p go --permission-mode acceptEdits </dev/null >/dev/null 2>&1)
"$claude" --version
applied=0; (cd work && GIT_CEILING_DIRECTORIES="$dir" git apply fix.patch 2>../refused) || applied=$?
node -e '
const { readFileSync } = require("fs");
const text = (name) => readFileSync(`work/${name}`, "utf8");
for (const name of ["table.tsv", "table.md", "notes.txt"]) console.log(name, JSON.stringify(text(name)));
const errors = JSON.parse(readFileSync("last.json", "utf8")).messages.flatMap(({ content }) => content).filter(({ is_error }) => is_error);
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
if (errors.length > 0) fail("the model is told of an error");
if (text("table.tsv") !== "name\tnote\nfirst\n") fail("Write keeps a tab at the end of a line");
if (text("table.md") !== "name\tnote\nfirst\t\n") fail("Write trims .md");
if (text("notes.txt") !== "one\ntwo\n") fail("Edit keeps blanks at the end of a line");'
echo "git apply: $applied, $(cat refused)"
[ "$applied" != 0 ] || { echo "CHANGED: the patch can be applied"; exit 1; }
echo "as seen: blanks at the ends of lines do not reach the file"
