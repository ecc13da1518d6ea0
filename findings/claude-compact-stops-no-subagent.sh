#!/bin/sh
# @anthropic-ai/claude-code 2.1.332, `claude -c -p "/compact …"`, hooks of agents and of compaction.
#
# Guess: a compaction is told as PreCompact, then PostCompact; hooks of subagents are silent, because there is none. A SubagentStop follows a SubagentStart of
# the same agent_id.
# Seen: between PreCompact and PostCompact a SubagentStop is told, with an agent_id that no SubagentStart had, an agent_type that is empty, and the notes of
# the compaction as last_assistant_message; and SessionStart (source "compact") comes before PostCompact, which 0.171.0 of codex tells the other way round.
# A hook that pairs the two events of agents, or keeps what agents said, meets an agent that never was.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@anthropic-ai/claude-code":"2.1.332"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
claude=$(find "$dir/node_modules/@anthropic-ai" -type f -name claude -path '*linux*' | head -1)
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const text = "<analysis>short</analysis><summary>the notes</summary>";
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    if (!/^\/v1\/messages(\?|$)/.test(request.url)) return response.writeHead(404).end("{}");
    const { model, stream } = JSON.parse(raw);
    const usage = { input_tokens: 10, output_tokens: 5 };
    const message = { id: "msg_1", type: "message", role: "assistant", model, stop_reason: null, usage };
    if (!stream) {
      response.writeHead(200, { "content-type": "application/json" });
      return response.end(JSON.stringify({ ...message, content: [{ type: "text", text }], stop_reason: "end_turn" }));
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const one of [
      { type: "message_start", message: { ...message, content: [] } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 5 } },
      { type: "message_stop" },
    ]) response.write(`event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`);
    response.end();
  });
}).listen(0, "127.0.0.1", function () { writeFileSync("up.port", String(this.address().port)); });
JS
node up.mjs & up=$!
while [ ! -s up.port ]; do sleep 0.1; done
mkdir -p home/.claude work
export HOME="$dir/home" ANTHROPIC_BASE_URL="http://127.0.0.1:$(cat up.port)" ANTHROPIC_API_KEY=sk-x
export DISABLE_TELEMETRY=1 DISABLE_ERROR_REPORTING=1 DISABLE_AUTOUPDATER=1 CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1
(cd work && "$claude" -p "say something" </dev/null >/dev/null 2>&1)
node -e '
const hook = [{ hooks: [{ type: "command", command: "cat >>\"$HOME/seen\"; echo >>\"$HOME/seen\"" }] }];
const events = ["SessionStart", "PreCompact", "PostCompact", "SubagentStart", "SubagentStop", "Stop"];
require("fs").writeFileSync("home/.claude/settings.json", JSON.stringify({ hooks: Object.fromEntries(events.map((event) => [event, hook])) }));'
(cd work && "$claude" -c -p "/compact keep names" </dev/null >/dev/null 2>&1)
"$claude" --version
node -e '
const lines = require("fs").readFileSync("home/seen", "utf8").split("\n").filter(Boolean).map(JSON.parse);
for (const { hook_event_name, source, agent_type, last_assistant_message } of lines) console.log(hook_event_name, JSON.stringify({ source, agent_type, last_assistant_message }));
const order = lines.map((one) => one.hook_event_name + (one.source ? `(${one.source})` : "")).join(" ");
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
const stop = lines.find((one) => one.hook_event_name === "SubagentStop");
if (!stop || stop.agent_type !== "" || !/the notes/.test(stop.last_assistant_message)) fail("no SubagentStop with the notes");
if (order.includes("SubagentStart")) fail("there is a SubagentStart");
if (order !== "SessionStart(resume) PreCompact SubagentStop SessionStart(compact) PostCompact") fail(`the order is ${order}`);
console.log("as seen: a compaction is told as the end of an agent that never began");'
