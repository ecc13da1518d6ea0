#!/bin/sh
# @anthropic-ai/claude-code 2.1.332, `claude -p`, its tool Bash, Linux with bash.
#
# Guess: a command runs as in `bash -c`: after `set -e` the first step that fails ends it, and the model reads that it failed.
# Seen: `set -e` is taken and does nothing, in a subshell as well: the steps after the failure run and the exit code is that of the last one. The model
# is told of a success, with no sign of the failure: the tool evaluates the command on the left of an `&&`, where bash heeds no errexit. With
# `bash -c 'set -e; …'`, or as a script in a file, the same steps stop as they should.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@anthropic-ai/claude-code":"2.1.332"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
claude=$(find "$dir/node_modules/@anthropic-ai" -type f -name claude -path '*linux*' | head -1)
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const commands = [
  "set -e\nfalse\necho still here",
  "(set -e; cp no-such-file copy; rm kept.txt); ls",
  "bash -c 'set -e; false; echo still here'",
];
let turn = 0;
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    if (!/^\/v1\/messages(\?|$)/.test(request.url)) return response.writeHead(404).end("{}");
    const { model, tools } = JSON.parse(raw);
    const command = tools?.length > 0 ? commands[turn++] : undefined;
    if (tools?.length > 0) writeFileSync("last.json", raw);
    const use = { type: "tool_use", id: `call_${turn}`, name: "Bash", input: {} };
    const delta = command ? { type: "input_json_delta", partial_json: JSON.stringify({ command, description: "a step" }) } : { type: "text_delta", text: "done" };
    const usage = { input_tokens: 10, output_tokens: 5 };
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const one of [
      { type: "message_start", message: { id: "msg_1", type: "message", role: "assistant", model, content: [], stop_reason: null, usage } },
      { type: "content_block_start", index: 0, content_block: command ? use : { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: command ? "tool_use" : "end_turn", stop_sequence: null }, usage: { output_tokens: 5 } },
      { type: "message_stop" },
    ]) response.write(`event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`);
    response.end();
  });
}).listen(0, "127.0.0.1", function () { writeFileSync("up.port", String(this.address().port)); });
JS
node up.mjs & up=$!
while [ ! -s up.port ]; do sleep 0.1; done
mkdir home work; echo kept >work/kept.txt
export HOME="$dir/home" SHELL=/bin/bash ANTHROPIC_BASE_URL="http://127.0.0.1:$(cat up.port)" ANTHROPIC_API_KEY=sk-x
export DISABLE_TELEMETRY=1 DISABLE_ERROR_REPORTING=1 DISABLE_AUTOUPDATER=1 CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1
(cd work && "$claude" -p go --allowedTools Bash </dev/null >/dev/null 2>&1)
"$claude" --version
node -e '
const results = JSON.parse(require("fs").readFileSync("last.json", "utf8")).messages.flatMap(({ content }) => content).filter(({ type }) => type === "tool_result");
for (const { content, is_error } of results) console.log(JSON.stringify({ content, is_error }));
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
const [plain, subshell, child] = results;
if (results.length !== 3) fail(`${results.length} results`);
if (plain.is_error || plain.content !== "still here") fail("set -e ends a command, or a failure is told");
if (subshell.is_error || /kept/.test(subshell.content)) fail("a subshell with set -e ends");
if (!child.is_error || /still/.test(child.content)) fail("a bash of its own does not end");
console.log("as seen: after set -e, a step that fails ends nothing");'
