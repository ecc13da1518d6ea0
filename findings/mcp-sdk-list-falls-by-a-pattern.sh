#!/bin/sh
# @modelcontextprotocol/sdk 1.32.2, McpServer and Client, and their successors @modelcontextprotocol/server and client 2.4.0, zod 4, Node.
#
# Guess: an outputSchema that the SDK's server took and sent, z.string().regex(/^\d{4}\-\d{2}$/), is one that the SDK's client can use; at worst that tool's
# results are not checked.
# Seen: zod sends the source of the expression as "pattern", the client compiles it with the flag u, under which \- is an error, and listTools fails as a
# whole, "Invalid regular expression": one such tool, and the client has no tool of that server at all. Version 2 lists them and fails at each call of that
# tool, whose result is good.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
printf '{"private":true,"type":"module","dependencies":{"@modelcontextprotocol/sdk":"1.32.2","@modelcontextprotocol/server":"2.4.0","@modelcontextprotocol/client":"2.4.0","zod":"4.6.7"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
cat >client.mjs <<'JS'
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import * as client2 from "@modelcontextprotocol/client";
import * as server2 from "@modelcontextprotocol/server";
import { z } from "zod";
const attempt = async (version, { Client, McpServer, InMemoryTransport }, pattern) => {
  const server = new McpServer({ name: "s", version: "1" });
  server.registerTool("hello", { description: "plain" }, () => ({ content: [{ type: "text", text: "hello" }] }));
  server.registerTool("month", { outputSchema: z.object({ month: z.string().regex(pattern) }) }, () => ({ content: [], structuredContent: { month: "2026-01" } }));
  const client = new Client({ name: "c", version: "1" });
  const [near, far] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(far), client.connect(near)]);
  const told = (promise) => promise.then((value) => (value.tools ? `${value.tools.length} tools` : JSON.stringify(value.structuredContent ?? value.content)), ({ message }) => `fails: ${message}`);
  console.log(`${version}, ${pattern}: list ${await told(client.listTools())}`);
  console.log(`${version}, ${pattern}: call of month ${await told(client.callTool({ name: "month" }))}`);
  await client.close();
};
for (const pattern of [/^\d{4}\-\d{2}$/, /^\d{4}-\d{2}$/]) {
  await attempt("v1", { Client, McpServer, InMemoryTransport }, pattern);
  await attempt("v2", { Client: client2.Client, McpServer: server2.McpServer, InMemoryTransport: client2.InMemoryTransport }, pattern);
}
JS
echo "@modelcontextprotocol/sdk $(node -p 'require("./node_modules/@modelcontextprotocol/sdk/package.json").version'), node $(node --version)"
node client.mjs | tee out
grep -qF 'v1, /^\d{4}\-\d{2}$/: list fails: Invalid regular expression' out || { echo "CHANGED: version 1 lists the tools"; exit 1; }
grep -qF 'v2, /^\d{4}\-\d{2}$/: list 2 tools' out || { echo "CHANGED: version 2 does not list them"; exit 1; }
grep -F 'v2, /^\d{4}\-\d{2}$/: call of month fails' out | grep -q 'Invalid regular expression' || { echo "CHANGED: version 2 passes the result on"; exit 1; }
[ "$(grep -cF '/^\d{4}-\d{2}$/: list 2 tools' out)" = 2 ] || { echo "CHANGED: without the backslash it fails, too"; exit 1; }
[ "$(grep -cF '/^\d{4}-\d{2}$/: call of month {"month":"2026-01"}' out)" = 2 ] || { echo "CHANGED: without the backslash the call fails"; exit 1; }
echo "as seen: a pattern of the server's own schema takes the tools away from the client"
