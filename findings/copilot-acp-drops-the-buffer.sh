#!/bin/sh
# @github/copilot 1.0.102, `copilot --acp` (Agent Client Protocol over stdio).
#
# Guess: with embeddedContext announced, the text of a resource that an editor embeds in a prompt reaches the model; that is how it shows what is not
# saved yet.
# Seen: where its URI is that of a file on the disk, the text is thrown away: the model reads the path and the number of lines on the disk, and a tool
# that it calls reads the saved version. Only what is on no disk is kept (in a file of its own, again by name). A question about the buffer is
# answered from the file, and nobody is told.
set -eu
dir=$(mktemp -d); trap 'kill "$up" 2>/dev/null || true; rm -rf "$dir"' EXIT; up=
cd "$dir"
printf '{"private":true,"dependencies":{"@github/copilot":"1.0.102"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
copilot=$(find "$dir/node_modules/@github" -type f -name copilot -path '*linux*' | head -1)
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
const prompts = [[text("what is wrong here?"), { type: "resource", resource: { uri: `file://${process.cwd()}/draft.txt`, mimeType: "text/plain", text: "one\\nnot saved\\nthree\\n" } }]];
for (const prompt of prompts) {
  const { result, error, parts } = await ask("session/prompt", { sessionId, prompt });
  console.log(`${JSON.stringify(prompt.at(-1).text ?? prompt.at(-1).resource.uri.split("/").at(-1))}: ${result?.stopReason ?? `error ${error.code}`}, ${parts} parts of an answer`);
}
agent.once("exit", () => process.exit(0)).kill();
JS
mkdir -p home tmp project; echo saved >project/draft.txt
export HOME="$dir/home" COPILOT_PROVIDER_BASE_URL="http://127.0.0.1:$(cat up.port)/v1" COPILOT_PROVIDER_TYPE=openai COPILOT_PROVIDER_API_KEY=x COPILOT_MODEL=m COPILOT_OFFLINE=true
(cd project && TMPDIR=$dir/tmp node ../client.mjs "$copilot" --acp | tee ../out)
"$copilot" --version | head -1
node -p 'require("fs").readFileSync("requests.jsonl", "utf8").trim().replaceAll(process.cwd(), "").replace(/<current_datetime>.*?<.current_datetime>/, "")'
grep -q '^embeddedContext: true$' out && grep -q 'end_turn, [1-9]' out || { echo "CHANGED: the prompt is not answered"; exit 1; }
grep -q 'project/draft.txt (2 lines)' requests.jsonl || { echo "CHANGED: the file on the disk is not named"; exit 1; }
! grep -rqs 'not saved' requests.jsonl tmp || { echo "CHANGED: the text of the editor is kept"; exit 1; }
echo "as seen: the text that is embedded is dropped for the one on the disk"
