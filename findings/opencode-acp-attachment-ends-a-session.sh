#!/bin/sh
# opencode-ai 1.18.33, `opencode acp` (Agent Client Protocol over stdio), a model that takes text.
#
# Guess: with embeddedContext announced, a resource with a blob of a type that the model cannot take is named to it, left out, or the prompt is refused; the
# next prompt, of text alone, is answered.
# Seen: the prompt fails with an internal error, but the blob has become part of the session: each prompt after it fails with the same error, without
# a request to the model. One file dragged into the chat, and the session is over.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"opencode-ai":"1.18.33"}}' >package.json
npm install --silent --no-audit --no-fund >/dev/null 2>&1
cat >up.mjs <<'JS'
import { createServer } from "node:http";
import { appendFileSync, writeFileSync } from "node:fs";
createServer((request, response) => {
  let raw = "";
  request.on("data", (data) => { raw += data; }).on("end", () => {
    const body = raw ? JSON.parse(raw) : {};
    if (body.tools?.length > 0) appendFileSync("requests.jsonl", `${JSON.stringify(body.messages.findLast(({ role }) => role === "user").content)}\n`);
    const chunk = (delta, finish_reason = null) => `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(`${chunk({ role: "assistant", content: "done" })}${chunk({}, "stop")}data: [DONE]\n\n`);
  });
}).listen(0, "127.0.0.1", function () { writeFileSync("up.port", String(this.address().port)); });
JS
node up.mjs & up=$!
while [ ! -s up.port ]; do sleep 0.1; done
cat >client.mjs <<'JS'
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
const [program, ...args] = process.argv.slice(2);
const agent = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
const lines = createInterface({ input: agent.stdout })[Symbol.asyncIterator]();
let last = 0;
// The answer to a request, and how many parts of a message came before it.
const ask = async (method, params) => {
  const id = ++last;
  agent.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
  for (let parts = 0; ; ) {
    const message = JSON.parse((await lines.next()).value);
    if (message.params?.update?.sessionUpdate === "agent_message_chunk") parts++;
    if (message.id === id && message.method === undefined) return { ...message, parts };
  }
};
const { agentCapabilities } = (await ask("initialize", { protocolVersion: 1, clientCapabilities: {} })).result;
console.log(`embeddedContext: ${agentCapabilities.promptCapabilities.embeddedContext}`);
const { sessionId } = (await ask("session/new", { cwd: process.cwd(), mcpServers: [] })).result;
const text = (text) => ({ type: "text", text });
const prompts = [
  [text("before")],
  [text("look at this"), { type: "resource", resource: { uri: `file://${process.cwd()}/table.bin`, mimeType: "application/octet-stream", blob: "QUJD" } }],
  [text("after")],
  [text("and again")],
];
for (const prompt of prompts) {
  const { result, error, parts } = await ask("session/prompt", { sessionId, prompt });
  console.log(`${JSON.stringify(prompt.at(-1).text ?? prompt.at(-1).resource.uri.split("/").at(-1))}: ${result?.stopReason ?? `error ${error.code}`}, ${parts} parts of an answer`);
}
agent.once("exit", () => process.exit(0)).kill();
JS
mkdir -p home/.config/opencode project
printf '{"provider":{"up":{"npm":"@ai-sdk/openai-compatible","options":{"baseURL":"http://127.0.0.1:%s/v1","apiKey":"x"},"models":{"m":{}}}},"model":"up/m","autoupdate":false,"share":"disabled"}' \
  "$(cat up.port)" >home/.config/opencode/opencode.json
(cd project && HOME=$dir/home OPENCODE_DISABLE_MODELS_FETCH=1 node ../client.mjs ../node_modules/.bin/opencode acp | tee ../out)
echo "opencode-ai $(node -p 'require("./node_modules/opencode-ai/package.json").version')"
sed 's/^/to the model: /' requests.jsonl
grep -q '^"before": end_turn, [1-9]' out || { echo "CHANGED: the first prompt is not answered"; exit 1; }
grep -q '^"table.bin": error -32603, 0 parts' out || { echo "CHANGED: the attachment is taken, or refused otherwise"; exit 1; }
grep -q '^"after": error -32603, 0 parts' out && grep -q '^"and again": error -32603, 0 parts' out || { echo "CHANGED: a prompt after it is answered"; exit 1; }
[ "$(wc -l <requests.jsonl)" = 1 ] || { echo "CHANGED: the model is asked again"; exit 1; }
echo "as seen: after an attachment that cannot be sent no prompt of the session is"
