// A turn that runs: what is typed meanwhile, and how it is stopped.
import { expect, test } from "bun:test";
import { call, createGate, respond, type Step, say, think } from "../../testkit/index.ts";
import { running } from "../harness.ts";
import { KEY, type OnScreen, onScreen, READY, trusted } from "./on-screen.ts";

/** A reply that stops after its first step until the gate is opened. */
function held(...output: Parameters<typeof respond>) {
  const gate = createGate();
  const [first, ...rest] = respond(...output) as Step[];
  return { gate, reply: [...(first ? [first] : []), { wait: gate }, ...rest] };
}

async function write(t: OnScreen, text: string, key: string) {
  t.type(text);
  await t.until(() => t.caret === `› ${text}`, `${text} was not in the composer`);
  t.type(key);
}

test("Enter tells it now, Tab sends after the turn", async () => {
  const first = held(call("exec_command", { cmd: "true", login: false }, "c1"));
  await using w = await trusted([first.reply, respond(say("told")), respond(say("the end"))]);
  await using t = onScreen(w, ["go"]);
  await first.gate.reached;
  await write(t, "queue me", KEY.tab);
  await t.shows(/queue me +after this turn/);
  await write(t, "steer me", KEY.enter);
  await t.shows(/steer me +at the next step/);
  first.gate.open();
  await t.shows("the end");
  const [, second, third] = w.server.requests.map(({ raw }) => raw);
  expect([second?.includes("steer me"), second?.includes("queue me")]).toEqual([true, false]);
  expect(third).toContain("queue me");
});

test("Escape stops it, and what waited is in the composer again", async () => {
  const first = held(say("never said"));
  await using w = await trusted([first.reply]);
  await using t = onScreen(w, ["go"]);
  await first.gate.reached;
  await write(t, "steer me", KEY.enter);
  await t.shows(/steer me +at the next step/);
  t.type(KEY.escape);
  await t.shows("stopped");
  await t.shows("› steer me");
  expect(w.server.requests).toHaveLength(1);
});

test("Ctrl-C stops the turn; a second one ends the app", async () => {
  const first = held(say("never said"));
  await using w = await trusted([first.reply]);
  await using t = onScreen(w, ["go"]);
  await first.gate.reached;
  await t.shows("working");
  t.type(KEY.ctrl("c"));
  await t.shows("stopped");
  t.type(KEY.ctrl("c"));
  expect(await t.exited).toBe(130);
});

test("Ctrl-C takes away what is written before it ends anything", async () => {
  await using w = await trusted([]);
  await using t = onScreen(w, []);
  await t.shows(READY);
  t.type("half a line");
  await t.shows("half a line");
  t.type(KEY.ctrl("c"));
  await t.hides("half a line");
  t.type(KEY.ctrl("d"));
  expect(await t.exited).toBe(0);
});

test("a command that runs ends with the turn", async () => {
  const line = `sleep 8${process.pid}`;
  await using w = await trusted([respond(call("exec_command", { cmd: `echo be''gun; ${line}`, login: false }, "c1"))]);
  await using t = onScreen(w, ["go"]);
  await t.shows(/^ {2}begun/m);
  await t.until(() => running(line).length === 1, "nothing runs");
  t.type(KEY.escape);
  await t.shows("stopped");
  await t.until(() => running(line).length === 0, "the command runs on");
});

test("reasoning stands before what it led to", async () => {
  await using w = await trusted([
    respond(think("**Looking**\n\nat it."), say("First part.\n\nSecond part.\n\nThird part.")),
  ]);
  await using t = onScreen(w, ["go"]);
  await t.shows("✓");
  const at = ["Looking", "First part.", "Second part.", "Third part."].map((text) => t.screen.indexOf(text));
  expect(at).not.toContain(-1);
  expect(at.toSorted((a, b) => a - b)).toEqual(at);
});
