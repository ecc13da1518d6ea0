// What is written: menus, pastes, files, and what is sent of it.
import { expect, test } from "bun:test";
import { respond, say } from "../../testkit/index.ts";
import { KEY, onScreen, READY, trusted } from "./on-screen.ts";

test("the slash menu filters as one types; /status is shown; nothing of it is sent", async () => {
  await using w = await trusted([]);
  await using t = onScreen(w, []);
  await t.shows(READY);
  t.type("/");
  await t.shows("/approvals");
  t.type("stat");
  await t.shows("▸ /status");
  await t.hides("/approvals");
  t.type(KEY.enter);
  await t.shows("on-request");
  await t.until(() => t.caret === "› ", "the composer was not empty again");
  expect(w.server.requests).toEqual([]);
});

test("a large paste is one word in the composer, and all of it for the model", async () => {
  await using w = await trusted([respond(say("the end"))]);
  await using t = onScreen(w, []);
  await t.shows(READY);
  const text = Array.from({ length: 50 }, (_, at) => `line ${at}`).join("\n");
  t.type(KEY.paste(text));
  await t.shows("[pasted 50 lines]");
  expect(t.screen).not.toContain("line 7");
  t.type(KEY.enter);
  await t.shows("the end");
  expect(JSON.stringify(w.server.requests[0]?.body)).toContain(JSON.stringify(text).slice(1, -1));
});

test("a paste runs nothing, whatever keys it holds", async () => {
  await using w = await trusted([]);
  await using t = onScreen(w, []);
  await t.shows(READY);
  t.type(KEY.paste("one\rtwo\x03\x04"));
  await t.shows(/› one\n {2}two/);
  expect(w.server.requests).toEqual([]);
});

test("@ finds a file that nobody committed", async () => {
  await using w = await trusted([respond(say("the end"))], { "src/alpha.ts": "1", "src/beta.ts": "2" });
  await using t = onScreen(w, []);
  await t.shows(READY);
  for (const key of "read @alp") t.type(key);
  await t.shows("▸ src/alpha.ts");
  t.type(KEY.tab);
  await t.shows("› read @src/alpha.ts");
  t.type(KEY.enter);
  await t.shows("the end");
  expect(w.server.requests[0]?.raw).toContain("src/alpha.ts");
});

test("! runs a command in the sandbox, and the model is told with the next message", async () => {
  await using w = await trusted([respond(say("the end"))]);
  await using t = onScreen(w, []);
  await t.shows(READY);
  t.type("!echo so=$((40+2)); false");
  t.type(KEY.enter);
  await t.shows("so=42");
  await t.shows("✗");
  expect(w.server.requests).toEqual([]);
  t.type("go");
  t.type(KEY.enter);
  await t.shows("the end");
  expect(w.server.requests[0]?.raw).toContain("so=42");
});

test("the prompt before is a key away", async () => {
  await using w = await trusted([respond(say("one"))]);
  await using t = onScreen(w, []);
  await t.shows(READY);
  t.type("first prompt");
  await t.shows("› first prompt");
  t.type(KEY.enter);
  await t.shows("✓");
  t.type(KEY.up);
  await t.until(() => t.caret === "› first prompt", "the prompt before was not in the composer");
});
