#!/bin/sh
# @modelcontextprotocol/sdk 1.32.2, UriTemplate and McpServer with ResourceTemplate, and @modelcontextprotocol/server 2.4.0 with client 2.4.0, Node.
#
# Guess: what UriTemplate.expand makes of a template and its variables is read back by the same template in the server: the handler gets the same variables.
# Seen: expand encodes, the server does not decode: "release notes.md" arrives as release%20notes.md, and the file is not there. Of {?from,to}, where all variables are
# optional, only an address with both of them in that order is found; with one, or the other way round, the answer is "not found". Version 2
# is the same.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
printf '{"private":true,"type":"module","dependencies":{"@modelcontextprotocol/sdk":"1.32.2","@modelcontextprotocol/server":"2.4.0","@modelcontextprotocol/client":"2.4.0","zod":"4.6.7"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
cat >run.mjs <<'JS'
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer, ResourceTemplate } from "@modelcontextprotocol/sdk/server/mcp.js";
import { UriTemplate } from "@modelcontextprotocol/sdk/shared/uriTemplate.js";
import * as client2 from "@modelcontextprotocol/client";
import * as server2 from "@modelcontextprotocol/server";
const asked = [
  ["doc:///{name}", { name: "plain.md" }],
  ["doc:///{name}", { name: "release notes.md" }],
  ["log://app/lines{?from,to}", { from: "1", to: "9" }],
  ["log://app/lines{?from,to}", { from: "1" }],
];
const attempt = async ({ Client, InMemoryTransport, McpServer, ResourceTemplate }) => {
  const server = new McpServer({ name: "s", version: "1" });
  for (const template of new Set(asked.map(([template]) => template))) {
    server.registerResource(template, new ResourceTemplate(template, { list: undefined }), {}, (uri, variables) => ({ contents: [{ uri: uri.href, text: JSON.stringify(variables) }] }));
  }
  const client = new Client({ name: "c", version: "1" });
  const [near, far] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(far), client.connect(near)]);
  const read = (uri) => client.readResource({ uri }).then(({ contents }) => contents[0].text, ({ message }) => (/not found/.test(message) ? "not found" : message));
  const got = [];
  for (const [template, variables] of asked) {
    const uri = new UriTemplate(template).expand(variables);
    got.push(await read(uri));
    console.log(`${JSON.stringify(variables)} is ${uri}, and comes as ${got.at(-1)}`);
  }
  got.push(await read("log://app/lines?to=9&from=1"));
  console.log(`log://app/lines?to=9&from=1 comes as ${got.at(-1)}`);
  await client.close();
  return got.join(" ");
};
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
const seen = '{"name":"plain.md"} {"name":"release%20notes.md"} {"from":"1","to":"9"} not found not found';
if ((await attempt({ Client, InMemoryTransport, McpServer, ResourceTemplate })) !== seen) fail("version 1 has another answer");
if ((await attempt({ Client: client2.Client, InMemoryTransport: client2.InMemoryTransport, McpServer: server2.McpServer, ResourceTemplate: server2.ResourceTemplate })) !== seen) fail("version 2 has another answer");
console.log("as seen: what a template expands, the same template does not read back");
JS
echo "@modelcontextprotocol/sdk $(node -p 'require("./node_modules/@modelcontextprotocol/sdk/package.json").version'), node $(node --version)"
node run.mjs
