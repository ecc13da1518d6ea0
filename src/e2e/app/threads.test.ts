// Threads and screens: the live switch, other threads, earlier messages, plan mode, questions beside.
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { call, respond, say } from "../../testkit/index.ts";
import { KEY, type OnScreen, onScreen, READY, trusted } from "./on-screen.ts";

async function send(t: OnScreen, text: string) {
  t.type(text);
  await t.until(() => t.caret === `› ${text}`, `${text} was not in the composer`);
  t.type(KEY.enter);
}

const count = (text: string, part: string) => text.split(part).length - 1;

test("/tui switches, and back; the scrollback has everything once", async () => {
  await using w = await trusted([respond(say("answer one")), respond(say("answer two")), respond(say("answer three"))]);
  await using t = onScreen(w, ["interactive"]);
  await t.shows(READY);
  await send(t, "first");
  await t.shows("answer one");
  await send(t, "/tui");
  await t.until(() => t.raw.includes("\x1b[?1049h"), "the other screen was not taken");
  await t.shows("answer one");
  await send(t, "second");
  await t.shows("answer two");
  await send(t, "/tui");
  await t.until(() => t.raw.includes("\x1b[?1049l"), "the other screen was not left");
  await t.shows("answer two");
  await send(t, "third");
  await t.shows("answer three");
  t.type(KEY.ctrl("d"));
  expect(await t.exited).toBe(0);
  for (const text of ["answer one", "answer two", "answer three"])
    expect([text, count(t.all, text)]).toEqual([text, 1]);
});

test("/new begins anew; /resume goes back", async () => {
  await using w = await trusted([respond(say("answer one")), respond(say("answer two")), respond(say("answer three"))]);
  await using t = onScreen(w, []);
  await t.shows(READY);
  await send(t, "mend the roof");
  await t.shows("✓");
  // Typed on without waiting: it is for the new thread.
  t.type("/new");
  await t.shows("▸ /new");
  for (const key of `${KEY.enter}paint the door${KEY.enter}`) t.type(key);
  await t.shows("answer two");
  await t.shows("✓");
  expect(w.server.requests[1]?.raw).not.toContain("mend the roof");
  await send(t, "/resume");
  await t.shows("▸ mend the roof");
  t.type("roof");
  await t.until(() => t.caret.endsWith("roof"), "the list is not filtered");
  t.type(KEY.enter);
  await t.shows("answer one");
  await send(t, "more");
  await t.shows("answer three");
  expect(w.server.requests[2]?.raw).toContain("mend the roof");
});

test("/fork goes on with a copy", async () => {
  await using w = await trusted([respond(say("answer one")), respond(say("answer two"))]);
  await using t = onScreen(w, []);
  await t.shows(READY);
  await send(t, "mend the roof");
  await t.shows("answer one");
  await t.shows("✓");
  await send(t, "/fork");
  await t.shows(READY);
  await send(t, "more");
  await t.shows("answer two");
  expect(w.server.requests[1]?.raw).toContain("mend the roof");
  const threads = JSON.parse((await w.moat(["threads", "list", "--json"])).stdout);
  expect(threads).toHaveLength(2);
});

test("Escape twice goes back to an earlier message", async () => {
  await using w = await trusted([respond(say("answer one")), respond(say("answer two")), respond(say("answer three"))]);
  await using t = onScreen(w, []);
  await t.shows(READY);
  await send(t, "mend the roof");
  await t.shows("answer one");
  await send(t, "paint the door");
  await t.shows("answer two");
  await t.shows(/answer two[\s\S]*✓/);
  t.type(KEY.escape);
  await t.shows("Esc again");
  t.type(KEY.escape);
  await t.shows(/▸.*paint the door/);
  t.type(KEY.enter);
  await t.hides("answer two");
  await t.shows("› paint the door");
  t.type(" changed");
  await t.shows("› paint the door changed");
  t.type(KEY.enter);
  await t.shows("answer three");
  const { raw = "" } = w.server.requests[2] ?? {};
  expect([raw.includes("mend the roof"), raw.includes("answer two"), raw.includes("paint the door changed")]).toEqual([
    true,
    false,
    true,
  ]);
});

test("plan mode writes nothing; the plan is carried out once it is approved", async () => {
  const touch = (name: string, id: string) => call("exec_command", { cmd: `touch ${name}`, login: false }, id);
  await using w = await trusted([
    respond(touch("planned", "c1")),
    respond(say("<proposed_plan>\n1. Touch a file.\n</proposed_plan>")),
    respond(touch("done", "c2")),
    respond(say("the end")),
  ]);
  await using t = onScreen(w, []);
  await t.shows(READY);
  t.type(KEY.shift_tab);
  t.type(KEY.shift_tab);
  await t.shows(/^ plan/m);
  await send(t, "plan it");
  await t.shows("Touch a file.");
  await t.shows(/^\? /m);
  expect(existsSync(w.project.path("planned"))).toBe(false);
  await t.answer("y");
  // The mode before it, which asks, holds again.
  await t.shows("$ touch done");
  await t.answer("y");
  await t.shows("the end");
  expect(existsSync(w.project.path("done"))).toBe(true);
});

test("/side is answered, and nothing of it is kept", async () => {
  await using w = await trusted([respond(say("answer one")), respond(say("beside it")), respond(say("answer two"))]);
  await using t = onScreen(w, []);
  await t.shows(READY);
  await send(t, "mend the roof");
  await t.shows("answer one");
  await t.shows("✓");
  await send(t, "/side what is this");
  await t.shows("beside it");
  await send(t, "more");
  await t.shows("answer two");
  const { raw = "" } = w.server.requests[2] ?? {};
  expect([raw.includes("mend the roof"), raw.includes("beside it")]).toEqual([true, false]);
  t.type(KEY.ctrl("d"));
  await t.exited;
  expect(JSON.parse((await w.moat(["threads", "list", "--json"])).stdout)).toHaveLength(1);
});

test("three resizes: what was said stands in the scrollback once, and nothing is wiped", async () => {
  const lines = Array.from({ length: 60 }, (_, at) => `- line ${at} of the answer`);
  await using w = await trusted([respond(say(lines.join("\n"))), respond(say("the last answer"))]);
  await using t = onScreen(w, ["interactive"]);
  await t.shows(READY);
  await send(t, "go");
  await t.shows("✓");
  for (const [columns, rows] of [
    [60, 20],
    [120, 40],
    [80, 24],
  ] as const) {
    const before = t.raw.length;
    t.resize(columns, rows);
    await t.until(() => t.raw.length > before, "nothing was painted");
    await t.shows(READY);
  }
  await send(t, "more");
  await t.shows("the last answer");
  t.type(KEY.ctrl("d"));
  expect(await t.exited).toBe(0);
  for (let at = 0; at < 60; at++) expect([at, count(t.all, `line ${at} of`)]).toEqual([at, 1]);
  for (const wiped of ["\x1b[3J", "\x1b[2J"]) expect(t.raw).not.toContain(wiped);
  expect(t.raw).not.toMatch(/\x1b\[[\d;]*r/);
});
