#!/bin/sh
# @anthropic-ai/claude-code 2.1.332, `claude -p`, agents in .claude/agents with an empty "tools".
#
# Guess: "tools:" with nothing behind it is as if it were not there, all tools (to YAML it is null); "tools: []" is none; and the list of agents that the model
# chooses from says the same.
# Seen: the list says "(Tools: All tools)" for both, as for an agent without the line, and both are started without any tool. The model hands them work that needs
# files and commands, for which they have nothing but words.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
export TMPDIR="$dir"
printf '{"private":true,"dependencies":{"@anthropic-ai/claude-code":"2.1.332"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
claude=$(find "$dir/node_modules/@anthropic-ai" -type f -name claude -path '*linux*' | head -1)
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { appendFileSync, writeFileSync } from "node:fs";
const agents = ["absent", "blank", "list", "read"];
let turn = 0;
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    if (!/^\/v1\/messages(\?|$)/.test(request.url)) return response.writeHead(404).end("{}");
    const { model, system, messages, tools = [] } = JSON.parse(raw);
    const agent = agents.find((name) => JSON.stringify([system, messages]).includes(`You are agent ${name}.`));
    if (agent) appendFileSync("agents.jsonl", `${JSON.stringify({ agent, tools: tools.map(({ name }) => name) })}\n`);
    else if (tools.length > 0) writeFileSync("last.json", raw);
    const name = agent || tools.length === 0 ? undefined : agents[turn++];
    const input = { subagent_type: name, description: "a step", prompt: "Review the file.", run_in_background: false };
    const delta = name ? { type: "input_json_delta", partial_json: JSON.stringify(input) } : { type: "text_delta", text: "done" };
    const usage = { input_tokens: 10, output_tokens: 5 };
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const one of [
      { type: "message_start", message: { id: "msg_1", type: "message", role: "assistant", model, content: [], stop_reason: null, usage } },
      { type: "content_block_start", index: 0, content_block: name ? { type: "tool_use", id: `call_${turn}`, name: "Agent", input: {} } : { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: name ? "tool_use" : "end_turn", stop_sequence: null }, usage: { output_tokens: 5 } },
      { type: "message_stop" },
    ]) response.write(`event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`);
    response.end();
  });
}).listen(0, "127.0.0.1", function () { writeFileSync("up.port", String(this.address().port)); });
JS
node up.mjs & up=$!
while [ ! -s up.port ]; do sleep 0.1; done
mkdir -p home work/.claude/agents
agent() { printf -- '---\nname: %s\ndescription: Reviews files (%s)\n%s---\nYou are agent %s.\n' "$1" "$1" "$2" "$1" >"work/.claude/agents/$1.md"; }
agent absent ''
agent blank 'tools:
'
agent list 'tools: []
'
agent read 'tools: Read
'
git init -q work
export HOME="$dir/home" ANTHROPIC_BASE_URL="http://127.0.0.1:$(cat up.port)" ANTHROPIC_API_KEY=sk-x
export DISABLE_TELEMETRY=1 DISABLE_ERROR_REPORTING=1 DISABLE_AUTOUPDATER=1 CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1
(cd work && "$claude" -p go </dev/null >/dev/null 2>&1)
"$claude" --version
node -e '
const { readFileSync } = require("fs");
const text = readFileSync("last.json", "utf8");
const seen = readFileSync("agents.jsonl", "utf8").trim().split("\n").map((line) => JSON.parse(line));
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
const told = (name) => text.match(new RegExp(`Reviews files \\(${name}\\) \\(Tools: ([^)]*)\\)`))?.[1];
const has = (name) => seen.find(({ agent }) => agent === name)?.tools ?? fail(`agent ${name} is not started`);
for (const name of ["absent", "blank", "list", "read"]) console.log(`${name}: the model is told "${told(name)}", the agent has ${has(name).length} tools`);
if (told("read") !== "Read" || has("read").join() !== "Read" || told("absent") !== "All tools" || has("absent").length < 3) fail("the other agents differ");
if (told("blank") !== "All tools" || told("list") !== "All tools") fail("the model is told something else");
if (has("blank").length + has("list").length > 0) fail("the agents have tools");
console.log("as seen: an agent that is said to have all tools has none");'
