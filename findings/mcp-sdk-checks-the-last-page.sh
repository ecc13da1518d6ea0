#!/bin/sh
# @modelcontextprotocol/sdk 1.32.2, Client, a server whose list of tools has pages, Node.
#
# Guess: once a client has listed the tools, callTool holds each result against the outputSchema of its tool ("structured content does not match …"), for
# all tools that were listed.
# Seen: only those of the page that was read last are checked. Each listTools, with a cursor too, forgets the schemas of the pages before: a result that is
# refused after the first page is passed on after the second. A program that reads all pages, as it should, is left unguarded for most of its tools, and
# one that asks for the first page again gets the check back for those alone.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
printf '{"private":true,"type":"module","dependencies":{"@modelcontextprotocol/sdk":"1.32.2"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
cat >client.mjs <<'JS'
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
const outputSchema = { type: "object", properties: { count: { type: "number" } }, required: ["count"] };
const tool = (name) => ({ name, inputSchema: { type: "object" }, outputSchema });
const server = new Server({ name: "paged", version: "1" }, { capabilities: { tools: {} } });
server.setRequestHandler(ListToolsRequestSchema, ({ params }) => (params?.cursor === "2" ? { tools: [tool("late")] } : { tools: [tool("early")], nextCursor: "2" }));
server.setRequestHandler(CallToolRequestSchema, () => ({ content: [], structuredContent: { count: "many" } }));
const client = new Client({ name: "c", version: "1" });
const [near, far] = InMemoryTransport.createLinkedPair();
await Promise.all([server.connect(far), client.connect(near)]);
const calls = async (when) => {
  for (const name of ["early", "late"]) {
    const end = await client.callTool({ name }).then(() => "passed on", ({ message }) => (/does not match/.test(message) ? "refused" : message));
    console.log(`${when}: ${name} ${end}`);
  }
};
const { nextCursor } = await client.listTools();
await calls("first page read");
await client.listTools({ cursor: nextCursor });
await calls("both pages read");
await client.close();
JS
echo "@modelcontextprotocol/sdk $(node -p 'require("./node_modules/@modelcontextprotocol/sdk/package.json").version'), node $(node --version)"
node client.mjs | tee out
grep -q "^first page read: early refused$" out || { echo "CHANGED: a listed tool is not checked"; exit 1; }
grep -q "^both pages read: late refused$" out || { echo "CHANGED: the last page is not checked"; exit 1; }
grep -q "^both pages read: early passed on$" out || { echo "CHANGED: the first page is still checked"; exit 1; }
echo "as seen: results are checked for the tools of the last page only"
