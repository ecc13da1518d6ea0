#!/bin/sh
# @anthropic-ai/claude-code 2.1.332, `claude -p`, files that CLAUDE.md imports by @path.
#
# Guess: "Follow @style.md." imports style.md: a sign that ends a sentence or a clause is no part of the path, at least where there is no file of that name.
# Seen: it is. With a full stop, a comma, a colon, a bracket or a quotation mark right behind the path nothing is imported and nothing is said; the model reads the
# sentence without the rules that it points to. A blank, the end of the line or ** must follow. In a prompt the same
# "@style.md." is read. (gemini-cli 0.61.0 reads the path in the same way, but says on stderr and to the model that the import failed.)
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@anthropic-ai/claude-code":"2.1.332"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
claude=$(find "$dir/node_modules/@anthropic-ai" -type f -name claude -path '*linux*' | head -1)
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    if (!/^\/v1\/messages(\?|$)/.test(request.url)) return response.writeHead(404).end("{}");
    const { model, tools } = JSON.parse(raw);
    if (tools?.length > 0) writeFileSync("last.json", raw);
    const usage = { input_tokens: 10, output_tokens: 5 };
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const one of [
      { type: "message_start", message: { id: "msg_1", type: "message", role: "assistant", model, content: [], stop_reason: null, usage } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "done" } },
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
mkdir home work
for name in blank end bold stop comma colon bracket quote; do echo "RULE-$name: always say $name." >work/$name.md; done
printf '# Rules\n\nFollow @blank.md in code.\n\nRead @end.md\n\nThen **@bold.md**.\n\nFollow @stop.md.\n\nUse @comma.md, too.\n\n@colon.md: how to test.\n\nAsk first (@bracket.md).\n\nThe rules of "@quote.md" hold.\n' >work/CLAUDE.md
git init -q work
export HOME="$dir/home" ANTHROPIC_BASE_URL="http://127.0.0.1:$(cat up.port)" ANTHROPIC_API_KEY=sk-x
export DISABLE_TELEMETRY=1 DISABLE_ERROR_REPORTING=1 DISABLE_AUTOUPDATER=1 CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1
(cd work && "$claude" -p go </dev/null >../said 2>&1)
"$claude" --version
imports=$(grep -o 'RULE-[a-z]*' last.json | sort -u | tr '\n' ' ')
echo "imported: $imports"
echo "said: $(cat said)"
[ "$imports" = "RULE-blank RULE-bold RULE-end " ] || { echo "CHANGED: others are imported"; exit 1; }
grep -q 'Follow @stop.md\.' last.json || { echo "CHANGED: the sentence is not sent"; exit 1; }
(cd work && "$claude" -p "Follow @stop.md." </dev/null >/dev/null 2>&1)
grep -q RULE-stop last.json || { echo "CHANGED: in a prompt the file is not read"; exit 1; }
! grep -q 'md' said || { echo "CHANGED: it is said that a file is missing"; exit 1; }
echo "as seen: a sign behind the path keeps the file out"
