#!/bin/sh
# @openai/codex 0.171.0, `codex exec`, AGENTS.md and AGENTS.override.md.
#
# Guess: an AGENTS.override.md without text counts as none (then AGENTS.md holds), or as an override by nothing; the same in CODEX_HOME as in a project.
# An AGENTS.md without text counts as none, so that a configured fallback name is read.
# Seen: in CODEX_HOME an empty override is passed by and AGENTS.md is sent; in a project it switches the AGENTS.md beside it off, without a word. An
# empty AGENTS.md in a project hides the fallback file as well. (0.171.0 sends no message with instructions at all where nothing is left.)
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@openai/codex":"0.171.0"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    if (!request.url.endsWith("/responses")) return response.writeHead(404).end("{}");
    writeFileSync("last.json", raw);
    const item = { type: "message", role: "assistant", id: "m", content: [{ type: "output_text", text: "done" }] };
    const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
    const events = [{ type: "response.created", response: { id: "r" } }, { type: "response.output_item.done", output_index: 0, item }, { type: "response.completed", response: { id: "r", usage } }];
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(events.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join(""));
  });
}).listen(0, "127.0.0.1", function () { writeFileSync("up.port", String(this.address().port)); });
JS
node up.mjs & up=$!
while [ ! -s up.port ]; do sleep 0.1; done
# What the model gets of the files: home (CODEX_HOME) and work (the project) are as they were laid out.
ask() {
  printf 'project_doc_fallback_filenames = ["DOC.md"]\nmodel = "gpt-5.5"\nmodel_provider = "x"\n[model_providers.x]\nname = "x"\nbase_url = "http://127.0.0.1:%s/v1"\nwire_api = "responses"\n' "$(cat up.port)" >home/config.toml
  (cd work && HOME=$dir/home CODEX_HOME=$dir/home ../node_modules/.bin/codex exec --skip-git-repo-check go </dev/null >/dev/null 2>&1)
  node -p 'JSON.parse(require("fs").readFileSync("last.json", "utf8")).input.flatMap(({ content = [] }) => content.map(({ text }) => text)).find((text) => /^# AGENTS/.test(text ?? ""))?.replace(/^[^]*<INSTRUCTIONS>\n([^]*)\n<\/INSTRUCTIONS>[^]*$/, "$1").trim() ?? "nothing"'
  rm -rf home work; mkdir home work work/.git
}
node_modules/.bin/codex --version
mkdir home work work/.git
echo global >home/AGENTS.md; : >home/AGENTS.override.md; home=$(ask); echo "CODEX_HOME: AGENTS.md, empty override: $home"
echo project >work/AGENTS.md; : >work/AGENTS.override.md; project=$(ask); echo "project: AGENTS.md, empty override: $project"
echo doc >work/DOC.md; fallback=$(ask); echo "project: DOC.md alone: $fallback"
echo doc >work/DOC.md; : >work/AGENTS.md; hidden=$(ask); echo "project: DOC.md, empty AGENTS.md: $hidden"
[ "$home" = global ] || { echo "CHANGED: an empty override in CODEX_HOME"; exit 1; }
[ "$project" = nothing ] || { echo "CHANGED: an empty override in a project"; exit 1; }
[ "$fallback" = doc ] || { echo "CHANGED: the fallback is not read"; exit 1; }
[ "$hidden" = nothing ] || { echo "CHANGED: an empty AGENTS.md does not hide the fallback"; exit 1; }
echo "as seen: an empty file is passed by in CODEX_HOME, and switches the others off in a project"
