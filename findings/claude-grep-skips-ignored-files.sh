#!/bin/sh
# @anthropic-ai/claude-code 2.1.332, `claude -p`, its tool Bash, Linux with bash.
#
# Guess: `grep` in the tool Bash is the grep of the machine: -r reads all files below, whatever git ignores (the tool Grep, with ripgrep, is the one that
# skips), and -c counts matching lines of a binary file too.
# Seen: `grep` is a shell function around another program, a ugrep inside of claude, with --ignore-files and -I. `grep -rl` finds nothing in ignored
# directories (not even where there is no git repository: a .gitignore is enough), and for a binary file `grep -c` prints nothing and ends with 1, as for no
# match. In a script or by `command grep` it is the usual one: the same search has two answers in one session.
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
  "grep -rl needle . | sort",
  "command grep -rl needle . | sort",
  "grep -c needle data.bin; echo code $?",
  "command grep -c needle data.bin; echo code $?",
  "type -t grep; grep --version | head -1 | cut -d' ' -f1",
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
mkdir -p home work/generated work/src
echo needle >work/generated/api.ts; echo needle >work/src/main.ts; echo generated/ >work/.gitignore; printf 'needle\0' >work/data.bin
export HOME="$dir/home" SHELL=/bin/bash ANTHROPIC_BASE_URL="http://127.0.0.1:$(cat up.port)" ANTHROPIC_API_KEY=sk-x
export DISABLE_TELEMETRY=1 DISABLE_ERROR_REPORTING=1 DISABLE_AUTOUPDATER=1 CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1
(cd work && "$claude" -p go --allowedTools Bash </dev/null >/dev/null 2>&1)
"$claude" --version
node -e '
const results = JSON.parse(require("fs").readFileSync("last.json", "utf8")).messages.flatMap(({ content }) => content).filter(({ type }) => type === "tool_result");
for (const { content } of results) console.log(JSON.stringify(content));
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
const [found, all, none, one, kind] = results.map(({ content }) => content);
if (found !== "src/main.ts") fail("grep -r finds other files");
if (all !== "./data.bin\n./generated/api.ts\n./src/main.ts") fail("command grep finds other files");
if (none !== "code 1" || one !== "1\ncode 0") fail("a binary file is counted otherwise");
if (kind !== "function\nugrep") fail("grep is another program");
console.log("as seen: grep is a ugrep that skips what git ignores");'
