#!/bin/sh
# @anthropic-ai/claude-code 2.1.332, `claude -p`, a UserPromptSubmit hook that blocks (exit code 2).
#
# Guess: the prompt is not sent, the reason goes to stderr, stdout stays empty and the exit code says that nothing was done, so that
# `claude -p "…" >answer && use answer` stops.
# Seen: nothing is sent, the exit code is 0, stderr is empty, and stdout, where the answer would be, has the reason and then the whole prompt again
# ("Original prompt: …"). The same with --output-format json: subtype "success", is_error false, and that text as the result.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@anthropic-ai/claude-code":"2.1.332"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
claude=$(find "$dir/node_modules/@anthropic-ai" -type f -name claude -path '*linux*' | head -1)
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { appendFileSync, writeFileSync } from "node:fs";
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    if (raw.includes("remember the milk")) appendFileSync("sent", "x");
    response.writeHead(404).end("{}");
  });
}).listen(0, "127.0.0.1", function () { writeFileSync("up.port", String(this.address().port)); });
JS
node up.mjs & up=$!
while [ ! -s up.port ]; do sleep 0.1; done
mkdir -p home/.claude work
printf '{"hooks":{"UserPromptSubmit":[{"hooks":[{"type":"command","command":"echo not today >&2; exit 2"}]}]}}' >home/.claude/settings.json
export HOME="$dir/home" ANTHROPIC_BASE_URL="http://127.0.0.1:$(cat up.port)" ANTHROPIC_API_KEY=sk-x
export DISABLE_TELEMETRY=1 DISABLE_ERROR_REPORTING=1 DISABLE_AUTOUPDATER=1 CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1
cd work
code=0; "$claude" -p "remember the milk" </dev/null >../out 2>../err || code=$?
json=0; "$claude" -p "remember the milk" --output-format json </dev/null >../out.json 2>/dev/null || json=$?
cd ..
"$claude" --version
echo "exit $code, stderr of $(wc -c <err) bytes, stdout:"; cat out
node -p 'const { subtype, is_error, result } = JSON.parse(require("fs").readFileSync("out.json", "utf8")); `--output-format json: exit '"$json"', subtype ${subtype}, is_error ${is_error}, result ${JSON.stringify(result)}`'
[ ! -e sent ] || { echo "CHANGED: the prompt was sent"; exit 1; }
[ "$code" = 0 ] && [ "$json" = 0 ] || { echo "CHANGED: the exit code says that it was blocked"; exit 1; }
[ ! -s err ] || { echo "CHANGED: something is on stderr"; exit 1; }
grep -q 'not today' out && grep -q '^Original prompt: remember the milk$' out || { echo "CHANGED: stdout is another one"; exit 1; }
node -e 'const { is_error } = JSON.parse(require("fs").readFileSync("out.json", "utf8")); process.exit(is_error === false ? 0 : 1)' || { echo "CHANGED: the JSON says that it is an error"; exit 1; }
echo "as seen: a blocked prompt ends with 0, and is printed as the answer"
