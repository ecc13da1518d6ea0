#!/bin/sh
# @modelcontextprotocol/server-filesystem and server-memory 2026.8.31 (tools over MCP, stdio), @modelcontextprotocol/sdk 1.32.2 as the client, Node.
#
# Guess: calls of one client that are sent together, as models send them, all count: the server does them one after another, or refuses one.
# Seen: each reads its file, changes its copy and writes it whole, so the last writer wins. Of three edits of one file the answers are three diffs and no
# error, and one edit is in the file; of three new entities, all answered as created, one is in the memory. A client that sends one at a time loses nothing.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
printf '{"private":true,"type":"module","dependencies":{"@modelcontextprotocol/server-filesystem":"2026.8.31","@modelcontextprotocol/server-memory":"2026.8.31","@modelcontextprotocol/sdk":"1.32.2"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
mkdir work
cat >client.mjs <<'JS'
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { readFileSync, writeFileSync } from "node:fs";
const path = `${process.cwd()}/work/list.txt`;
const memory = `${process.cwd()}/memory.jsonl`;
const lines = ["one", "two", "three"];
const connect = async (name, args, env) => {
  const client = new Client({ name: "c", version: "1" });
  await client.connect(new StdioClientTransport({ command: "node", args: [`node_modules/@modelcontextprotocol/${name}/dist/index.js`, ...args], env: { ...process.env, ...env }, stderr: "ignore" }));
  return client;
};
const files = await connect("server-filesystem", [`${process.cwd()}/work`], {});
const notes = await connect("server-memory", [], { MEMORY_FILE_PATH: memory });
const edit = (line) => files.callTool({ name: "edit_file", arguments: { path, edits: [{ oldText: line, newText: line.toUpperCase() }] } });
const create = (name) => notes.callTool({ name: "create_entities", arguments: { entities: [{ name, entityType: "line", observations: [] }] } });
const errors = (results) => results.filter(({ isError }) => isError).length;
const report = (how, results, more) => {
  const edits = readFileSync(path, "utf8").match(/^[A-Z]+$/gm)?.length ?? 0;
  const entities = readFileSync(memory, "utf8").match(/"type":"entity"/g).length;
  console.log(`${how}: ${errors(results)} errors, ${edits} edits of 3 are in the file; ${errors(more)} errors, ${entities} entities of 3 are in the memory`);
};
const fresh = () => { writeFileSync(path, "one\ntwo\nthree\n"); writeFileSync(memory, ""); };
fresh();
const apart = [[], []];
for (const line of lines) { apart[0].push(await edit(line)); apart[1].push(await create(line)); }
report("apart", ...apart);
fresh();
report("together", await Promise.all(lines.map(edit)), await Promise.all(lines.map(create)));
await Promise.all([files.close(), notes.close()]);
JS
echo "server-filesystem $(node -p 'require("./node_modules/@modelcontextprotocol/server-filesystem/package.json").version'), server-memory $(node -p 'require("./node_modules/@modelcontextprotocol/server-memory/package.json").version'), node $(node --version)"
node client.mjs | tee out
grep -q '^apart: 0 errors, 3 edits of 3 are in the file; 0 errors, 3 entities of 3' out || { echo "CHANGED: one at a time is not whole"; exit 1; }
grep -q '^together: 0 errors, [12] edits of 3 are in the file; 0 errors, [12] entities of 3' out || { echo "CHANGED: nothing is lost, or it is said"; exit 1; }
echo "as seen: calls that come together undo each other, and all are answered as done"
