#!/bin/sh
# @google/gemini-cli 0.61.0, Gemini API, its tool run_shell_command, approval mode yolo, Linux with git.
#
# Guess: `git commit` that the model runs is the user's: name and address from ~/.gitconfig, aliases, and the hooks of the repository, in .git/hooks.
# Seen: every command gets GIT_CONFIG_GLOBAL=/dev/null, no system configuration, and an empty core.hooksPath. With the name in ~/.gitconfig alone a
# commit is not made ("Please tell me who you are") or gets a name that git makes up, aliases are unknown, and where the repository itself has a name the
# commit is made without its pre-commit hook, lint and tests included. Neither the tool's description nor its result says so.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
export TMPDIR="$dir"
printf '{"private":true,"dependencies":{"@google/gemini-cli":"0.61.0"}}' >package.json
npm install --silent --no-audit --no-fund >/dev/null 2>&1
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const commands = [
  "git commit --allow-empty -qm first; git log -1 --format=%an:%s",
  "git config user.name Local; git config user.email local@example.org; git commit --allow-empty -qm second; git log -1 --format=%an:%s",
  "git last",
];
let turn = 0;
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => (raw += data)).on("end", () => {
    const main = raw && JSON.parse(raw).tools?.some((tool) => tool.functionDeclarations?.length > 0);
    const command = main ? commands[turn++] : undefined;
    if (main) writeFileSync("last.json", raw);
    const part = command ? { functionCall: { name: "run_shell_command", args: { command, description: "a step" } } } : { text: "done" };
    const whole = { candidates: [{ content: { role: "model", parts: [part] }, finishReason: "STOP", index: 0 }], usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 1, totalTokenCount: 10 } };
    const stream = request.url.includes("stream");
    response.writeHead(200, { "content-type": stream ? "text/event-stream" : "application/json" });
    response.end(stream ? `data: ${JSON.stringify(whole)}\n\n` : JSON.stringify({ ...whole, totalTokens: 9 }));
  });
}).listen(0, "127.0.0.1", function () { writeFileSync("up.port", String(this.address().port)); });
JS
node up.mjs & up=$!
while [ ! -s up.port ]; do sleep 0.1; done
mkdir -p home/.gemini work
export HOME="$dir/home" GIT_CONFIG_NOSYSTEM=1
printf '{"security":{"auth":{"selectedType":"gemini-api-key"}},"privacy":{"usageStatisticsEnabled":false},"general":{"disableAutoUpdate":true}}' >home/.gemini/settings.json
printf '[user]\n\tname = Global\n\temail = global@example.org\n\tuseConfigOnly = true\n[alias]\n\tlast = log -1\n' >home/.gitconfig
git init -q work
(cd work && git commit --allow-empty -qm start)
printf '#!/bin/sh\necho refused by the hook\nexit 1\n' >work/.git/hooks/pre-commit
chmod +x work/.git/hooks/pre-commit
echo "in a terminal:"
(cd work && { git commit --allow-empty -m hooked || true; git last --format=%an:%s; }) 2>&1 | tee terminal
(cd work && GEMINI_API_KEY=x GOOGLE_GEMINI_BASE_URL="http://127.0.0.1:$(cat ../up.port)" GEMINI_CLI_TRUST_WORKSPACE=true \
  node ../node_modules/@google/gemini-cli/bundle/gemini.js -y -m gemini-2.5-pro -p go </dev/null >/dev/null 2>&1)
echo "@google/gemini-cli $(node -p 'require("./node_modules/@google/gemini-cli/package.json").version'), node $(node --version), $(git --version)"
node -e '
const { readFileSync } = require("fs");
const { contents } = JSON.parse(readFileSync("last.json", "utf8"));
const outputs = contents.flatMap(({ parts }) => parts).filter((part) => part.functionResponse).map(({ functionResponse }) => functionResponse.response.output ?? "");
for (const output of outputs) console.log(JSON.stringify(output.replace(/Process Group.*/, "").slice(0, 240)));
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
if (!/refused by the hook[^]*Global:start/.test(readFileSync("terminal", "utf8"))) fail("in a terminal the hook does not refuse");
if (/Global:first/.test(outputs[0])) fail("the name of the user counts");
if (!/Local:second/.test(outputs[1]) || /refused by the hook/.test(outputs[1])) fail("the hook is run");
if (!/not a git command/.test(outputs[2])) fail("aliases count");
console.log("as seen: commits have neither the name of the user nor the hooks of the repository");'
