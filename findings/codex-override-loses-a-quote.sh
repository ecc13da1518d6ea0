#!/bin/sh
# @openai/codex 0.171.0, `codex exec -c KEY=VALUE`.
#
# Guess: a value that is no TOML is taken as a literal string, as --help says ("the raw string is used as a literal"): developer_instructions=Answer
# with "yes" or "no" reaches the model as it is written.
# Seen: quotes at its two ends are cut off, one by one, whether they belong together or not: the text above arrives as Answer with "yes" or "no , and
# 'a' or 'b' as a' or 'b . The same text in config.toml, as a TOML string, arrives whole.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@openai/codex":"0.171.0"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const calls = [];
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
ask() {
  (cd work && HOME=$dir/home CODEX_HOME=$dir/home ../node_modules/.bin/codex exec --skip-git-repo-check "$@" go </dev/null >/dev/null 2>&1)
  node -p 'JSON.parse(require("fs").readFileSync("last.json", "utf8")).input.filter(({ role }) => role === "developer").flatMap(({ content }) => content.map(({ text }) => text)).find((text) => / or /.test(text) && text.length < 60)'
}
node_modules/.bin/codex --version
HOME=$dir/home CODEX_HOME=$dir/home node_modules/.bin/codex exec --help 2>/dev/null | tr -s ' \n' ' ' | grep -o 'If it fails to parse as TOML, the raw[^.]*\.' | head -1 | tee help
one=$(ask -c 'developer_instructions=Answer with "yes" or "no"'); echo "$one"
two=$(ask -c "developer_instructions='a' or 'b'"); echo "$two"
sed -i '1i developer_instructions = "Answer with \\"yes\\" or \\"no\\""' home/config.toml
file=$(ask); echo "in the file: $file"
grep -q 'raw string is used as a literal\|raw value is used as a literal' help || { echo "CHANGED: the help says something else"; exit 1; }
[ "$one" = 'Answer with "yes" or "no' ] || { echo "CHANGED: the last quote is kept"; exit 1; }
[ "$two" = "a' or 'b" ] || { echo "CHANGED: the outer quotes are kept"; exit 1; }
[ "$file" = 'Answer with "yes" or "no"' ] || { echo "CHANGED: the file is read otherwise"; exit 1; }
echo "as seen: a literal loses the quotes at its ends"
