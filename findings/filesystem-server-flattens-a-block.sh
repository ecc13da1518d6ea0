#!/bin/sh
# @modelcontextprotocol/server-filesystem 2026.8.31 (tools over MCP, stdio), its tool edit_file, Node.
#
# Guess: oldText that is not in the file to the letter is refused; or, where blanks at the ends of lines are forgiven, newText is put in as it was given.
# Seen: where a line of the block has one blank at its end that oldText lacks, which no model sees, the block is found all the same, and every line of
# newText after the first gets the indentation of the first: the nesting is lost. newText had it right. The answer is a diff and no error; the
# Python below does not compile any more. In a file without that blank the same edit is written as given.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
printf '{"private":true,"type":"module","dependencies":{"@modelcontextprotocol/server-filesystem":"2026.8.31"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
mkdir work
printf 'def load(path):\n    if exists(path):\n        with open(path) as file:\n            return parse(file)\n' >work/clean.py
sed '2s/$/ /' work/clean.py >work/blank.py
cat >client.mjs <<'JS'
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
const server = spawn("node", ["node_modules/@modelcontextprotocol/server-filesystem/dist/index.js", "work"], { stdio: ["pipe", "pipe", "ignore"] });
const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
const send = (message) => server.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const ask = async (id, method, params) => {
  send({ id, method, params });
  for (;;) { const answer = JSON.parse((await lines.next()).value); if (answer.id === id) return answer.result; }
};
await ask(1, "initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "c", version: "1" } });
send({ method: "notifications/initialized" });
const oldText = "    if exists(path):\n        with open(path) as file:\n            return parse(file)";
const edits = [{ oldText, newText: oldText.replace("open(path)", "open(path, \"rb\")") }];
for (const [id, name] of [[2, "clean.py"], [3, "blank.py"]]) {
  const { isError } = await ask(id, "tools/call", { name: "edit_file", arguments: { path: `${process.cwd()}/work/${name}`, edits } });
  console.log(`${name}: ${isError ? "error" : "edited"}`);
}
server.kill();
process.exit(0);
JS
node client.mjs | tee out
echo "@modelcontextprotocol/server-filesystem $(node -p 'require("./node_modules/@modelcontextprotocol/server-filesystem/package.json").version'), node $(node --version)"
cat work/blank.py
[ "$(cat out)" = "$(printf 'clean.py: edited\nblank.py: edited')" ] || { echo "CHANGED: an edit is refused"; exit 1; }
[ "$(cat work/clean.py)" = "$(printf 'def load(path):\n    if exists(path):\n        with open(path, "rb") as file:\n            return parse(file)')" ] || { echo "CHANGED: without the blank it is written otherwise"; exit 1; }
[ "$(cat work/blank.py)" = "$(printf 'def load(path):\n    if exists(path):\n    with open(path, "rb") as file:\n    return parse(file)')" ] || { echo "CHANGED: the nesting is kept"; exit 1; }
echo "as seen: a blank at the end of a line flattens the block that is edited"
