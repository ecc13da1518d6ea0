#!/bin/sh
# openai 7.59.0, responses.stream() and chat.completions.stream(), Node.
#
# Guess: where the server closes the connection in the middle of a call, before response.completed, finalResponse() rejects, as the helper for Chat
# Completions does ("missing finish_reason").
# Seen: it resolves. The "final" response holds the call with its arguments cut off, and neither an error nor an event of the helper says that the end never
# came; "in_progress", the status from the first event, is all that differs. Whoever runs the calls of finalResponse() runs half a call.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
printf '{"private":true,"type":"module","dependencies":{"openai":"7.59.0"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
cat >run.mjs <<'JS'
import { createServer } from "node:http";
import OpenAI from "openai";
const half = '{"path":"a.txt","text":"one';
const call = { type: "function_call", id: "fc_1", call_id: "call_1", name: "write", arguments: "", status: "in_progress" };
const responses = [
  { type: "response.created", sequence_number: 0, response: { id: "r", object: "response", status: "in_progress", output: [] } },
  { type: "response.output_item.added", sequence_number: 1, output_index: 0, item: call },
  { type: "response.function_call_arguments.delta", sequence_number: 2, output_index: 0, item_id: "fc_1", delta: half },
];
const delta = { role: "assistant", tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "write", arguments: half } }] };
const chunks = [{ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: null }] }];
const server = createServer((request, response) => {
  request.resume().on("end", () => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const events = request.url.endsWith("/responses") ? responses.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`) : chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`);
    response.end(events.join(""));
  });
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const client = new OpenAI({ apiKey: "x", baseURL: `http://127.0.0.1:${server.address().port}/v1`, maxRetries: 0 });
const tools = [{ type: "function", name: "write", parameters: { type: "object", properties: {} }, strict: false }];
const seen = [];
const stream = client.responses.stream({ model: "m", input: "go", tools }).on("event", ({ type }) => seen.push(type));
for (const type of ["error", "abort"]) stream.on(type, () => seen.push(type));
const final = await stream.finalResponse().catch(({ message }) => ({ message }));
console.log(`events: ${seen.join(", ")}`);
console.log(`finalResponse(): ${JSON.stringify(final.output ?? final.message)}, status ${final.status}`);
const messages = [{ role: "user", content: "go" }];
const chat = await client.chat.completions.stream({ model: "m", messages }).finalChatCompletion().catch(({ message }) => ({ message }));
console.log(`finalChatCompletion(): ${chat.message ?? "resolves"}`);
server.close();
server.closeAllConnections();
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
if (!/finish_reason/.test(chat.message ?? "")) fail("Chat Completions has another end");
if (final.output?.[0]?.arguments !== half || seen.includes("error") || seen.includes("abort")) fail("the cut is told");
console.log("as seen: a response that was cut off is the final one");
JS
echo "openai $(node -p 'require("./node_modules/openai/package.json").version'), node $(node --version)"
node run.mjs
