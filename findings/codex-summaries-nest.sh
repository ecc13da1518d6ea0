#!/bin/sh
# @openai/codex 0.50.0 (0.40.0 is the same), Responses API, Linux.
#
# Guess: when a thread is compacted a second time, the new summary takes the place of the old one: what the model gets stays about as long.
# Seen: the message that a compaction leaves ("You were originally given instructions …", all prompts, the summary) counts as one of the user's
# prompts at the next one, and is put whole into the new message: after N compactions it has N frames and N summaries, the oldest innermost.
# Later versions keep the summaries as messages beside each other (0.55) or leave the old ones out (0.60).
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@openai/codex":"0.50.0"}}' >package.json
npm install --silent --no-audit --no-fund >/dev/null 2>&1
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { appendFileSync, writeFileSync } from "node:fs";
let summaries = 0;
const server = createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => { raw += data; }).on("end", () => {
    const body = raw ? JSON.parse(raw) : {};
    const main = body.tools?.length > 0;
    if (main) appendFileSync("requests.jsonl", `${JSON.stringify(body.input)}\n`);
    const again = JSON.stringify(body.input?.at(-1) ?? "").includes("Summary");
    const text = main ? "done" : `Summary ${++summaries}.`;
    const item = { type: "message", id: "msg", role: "assistant", status: "completed", content: [{ type: "output_text", text, annotations: [] }] };
    const input_tokens = main && !again ? 90000 : 100;
    const usage = { input_tokens, input_tokens_details: { cached_tokens: 0 }, output_tokens: 1, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: input_tokens + 1 };
    const events = [
      { type: "response.created", response: { id: "r" } },
      { type: "response.output_item.done", output_index: 0, item },
      { type: "response.completed", response: { id: "r", output: [item], usage } },
    ];
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""));
  });
}).listen(0, "127.0.0.1", () => writeFileSync("up.port", String(server.address().port)));
JS
node up.mjs & up=$!
while [ ! -s up.port ]; do sleep 0.1; done
mkdir home project
cat >home/config.toml <<TOML
model = "gpt-5-codex"
model_provider = "up"
model_context_window = 100000
model_auto_compact_token_limit = 50000
[model_providers.up]
name = "up"
base_url = "http://127.0.0.1:$(cat up.port)/v1"
wire_api = "responses"
env_key = "UP_KEY"
TOML
run() {
  (cd project && HOME=$dir CODEX_HOME=$dir/home UP_KEY=x ../node_modules/.bin/codex exec --dangerously-bypass-approvals-and-sandbox \
    --skip-git-repo-check "$@" </dev/null >/dev/null 2>&1)
}
run "First prompt"
id=$(find home/sessions -name 'rollout-*' | grep -oE '[0-9a-f]{8}-[0-9a-f-]{27}')
run resume "$id" "Second prompt"
run resume "$id" "Third prompt"
echo "@openai/codex $(node -p 'require("./node_modules/@openai/codex/package.json").version')"
cat >count.mjs <<'JS'
import { readFileSync } from "node:fs";
const last = JSON.parse(readFileSync("requests.jsonl", "utf8").trim().split("\n").at(-1));
for (const { role, content } of last.filter(({ type, role }) => type === "message" && role === "user")) {
  const text = content.map((part) => part.text).join("");
  const frames = text.split("You were originally given instructions").length - 1;
  if (frames > 0) console.log(`one message of ${role}: ${frames} frames, summaries ${text.match(/Summary \d/g).join(", ")}`);
}
JS
node count.mjs | tee out
grep -q "^one message of user: 3 frames, summaries Summary 1, Summary 2, Summary 3$" out || { echo "CHANGED: the frames are others"; exit 1; }
echo "as seen: each compaction wraps the one before"
