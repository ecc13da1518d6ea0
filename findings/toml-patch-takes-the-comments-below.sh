#!/bin/sh
# @decimalturn/toml-patch 3.3.0 (patch a TOML file by a new value, "preserving … comments").
#
# Guess: a table that is removed takes its own lines along; what stands below its last key, a comment on the next table or a table that is commented out,
# belongs to what stays, and stays.
# Seen: everything down to the next header goes: the comment of the table that is kept, and whole servers that somebody had commented out to have them back
# later; of the last table, all to the end of the file. The value is right, so a test that compares values sees nothing.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
printf '{"private":true,"type":"module","dependencies":{"@decimalturn/toml-patch":"3.3.0"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
cat >config.toml <<'TOML'
model = "m"

[mcp_servers.old]
command = "old"

# Off while the port is taken:
# [mcp_servers.spare]
# command = "spare"

# Keep this one for releases.
[mcp_servers.kept]
command = "kept"

# The end.
TOML
cat >run.mjs <<'JS'
import { readFileSync } from "node:fs";
import { parse, patch } from "@decimalturn/toml-patch";
const text = readFileSync("config.toml", "utf8");
const without = (name) => {
  const value = parse(text);
  delete value.mcp_servers[name];
  const result = patch(text, value);
  console.log(`--- without ${name}\n${result}`);
  return { result, servers: Object.keys(parse(result).mcp_servers).join() };
};
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
const first = without("old");
const last = without("kept");
if (first.servers !== "kept" || last.servers !== "old") fail("the values are others");
if (/spare|releases/.test(first.result)) fail("the comments stay");
if (!/# The end\./.test(first.result) || /# The end\./.test(last.result)) fail("of the last table the comments below stay");
console.log("as seen: a table that is removed takes the comments of the next one along");
JS
echo "@decimalturn/toml-patch $(node -p 'require("./node_modules/@decimalturn/toml-patch/package.json").version'), node $(node --version)"
node run.mjs
