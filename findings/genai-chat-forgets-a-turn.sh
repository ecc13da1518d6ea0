#!/bin/sh
# @google/genai 3.3.0, chats, sendMessageStream, Node 20.
#
# Guess: what the model said in a stream that ended with finishReason STOP is in the history that the next request sends, whatever its last chunk carries.
# Seen: the API often ends a stream with a chunk that has a reason and no text, "content":{"role":"model"}. That one chunk is found invalid, and the whole turn
# leaves the history that is sent: the answer, the call that it made, and the user's message, too. The result of the call is then sent to a model that
# has not asked for it. The caller has seen every chunk and no error; getHistory() still has the turn, getHistory(true) not.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
printf '{"private":true,"type":"module","dependencies":{"@google/genai":"3.3.0"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
cat >run.mjs <<'JS'
import { createServer } from "node:http";
import { GoogleGenAI } from "@google/genai";
const call = { parts: [{ functionCall: { name: "read", args: { path: "a" } } }], role: "model" };
const run = async (last) => {
  const requests = [];
  const server = createServer((request, response) => {
    let raw = "";
    request.on("data", (data) => { raw += data; }).on("end", () => {
      requests.push(JSON.parse(raw).contents.map(({ role, parts }) => `${role} ${Object.keys(parts[0]).join()}`).join(" | "));
      const contents = requests.length === 1 ? [call, last] : [{ parts: [{ text: "done" }], role: "model" }];
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(contents.map((content, index) => `data: ${JSON.stringify({ candidates: [{ content, index: 0, ...(index === contents.length - 1 && { finishReason: "STOP" }) }] })}\r\n\r\n`).join(""));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const ai = new GoogleGenAI({ apiKey: "x", httpOptions: { baseUrl: `http://127.0.0.1:${server.address().port}` } });
  const chat = ai.chats.create({ model: "gemini-2.5-flash" });
  const calls = [];
  for await (const chunk of await chat.sendMessageStream({ message: "Read a." })) calls.push(...(chunk.functionCalls ?? []));
  const kept = `${chat.getHistory().length} contents, curated ${chat.getHistory(true).length}`;
  const answer = { functionResponse: { name: "read", response: { output: "text" } } };
  for await (const _ of await chat.sendMessageStream({ message: [answer] }));
  server.close();
  server.closeAllConnections();
  console.log(`last chunk ${JSON.stringify(last)}: ${calls.length} call seen; history ${kept}; then sent: ${requests[1]}`);
  return requests[1];
};
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
const whole = await run({ parts: [{ text: "" }], role: "model" });
const bare = await run({ role: "model" });
if (!/^user text \| model functionCall \|.* user functionResponse$/.test(whole)) fail("a last chunk with an empty text has another end");
if (bare !== "user functionResponse") fail("the turn is kept");
console.log("as seen: a last chunk without parts takes the turn out of the history");
JS
echo "@google/genai $(node -p 'require("./node_modules/@google/genai/package.json").version'), node $(node --version)"
node run.mjs
