// However the app ends, the terminal is as it was, nothing of it runs on, and the thread can be gone on with.
import { describe, expect, test } from "bun:test";
import { call, createGate, respond, say } from "../../testkit/index.ts";
import { running } from "../harness.ts";
import { givenBack } from "./given-back.ts";
import { KEY, type OnScreen, onScreen, READY, trusted } from "./on-screen.ts";

const STTY = [
  "bash",
  "-c",
  'stty -g > before; MOAT "$@"; echo "exit=$?"; stty -g > after; cmp before after && echo same',
  "sh",
];

describe.each(["tui", "interactive"])("moat %s", (screen) => {
  test.each([
    ["Ctrl-D", (t: OnScreen) => t.type(KEY.ctrl("d")), 0],
    ["SIGTERM", (t: OnScreen) => t.kill("SIGTERM"), 143],
    ["SIGHUP", (t: OnScreen) => t.kill("SIGHUP"), 129],
  ] as const)("%s", async (_, end, exit) => {
    await using w = await trusted([respond(say("the end"))]);
    await using t = onScreen(w, [screen, "go"]);
    await t.shows("✓");
    end(t);
    expect(await t.exited).toBe(exit);
    givenBack(t);
    expect(t.raw).toContain("moat resume ");
    expect(t.all).toContain("the end");
  });
});

test("the line discipline is what it was", async () => {
  await using w = await trusted([]);
  const command = STTY.map((word) => word.replace("MOAT", "$MOAT_BINARY"));
  const { binary } = await import("../harness.ts");
  await using t = onScreen(w, [], { command: [...command], env: { MOAT_BINARY: binary } });
  await t.shows(READY);
  t.type(KEY.ctrl("d"));
  await t.shows("same");
  expect(t.screen).toContain("exit=0");
});

test.each(["SIGTERM", "SIGHUP"] as const)(
  "%s while a command runs: it is ended, and the thread goes on",
  async (signal) => {
    const line = `sleep 7${process.pid}${signal.length}${signal === "SIGHUP" ? 1 : 2}`;
    await using w = await trusted([
      respond(call("exec_command", { cmd: `echo be''gun; ${line}`, login: false }, "c1")),
      respond(say("gone on")),
    ]);
    await using t = onScreen(w, ["mend the roof"]);
    await t.shows(/^ {2}begun/m);
    t.kill(signal);
    await t.exited;
    givenBack(t);
    expect(running(line)).toEqual([]);
    const ran = await w.moat(["exec", "resume", "--last", "on"]);
    expect([ran.exit, ran.stdout]).toEqual([0, "gone on\n"]);
    expect(w.server.requests[1]?.raw).toContain("mend the roof");
  },
);

test("the window is closed while a command runs: nothing runs on, and the thread goes on", async () => {
  const line = `sleep 6${process.pid}`;
  await using w = await trusted([
    respond(call("exec_command", { cmd: `echo be''gun; ${line}`, login: false }, "c1")),
    respond(say("gone on")),
  ]);
  await using t = onScreen(w, ["mend the roof"]);
  await t.shows(/^ {2}begun/m);
  t.hangUp();
  await t.exited;
  expect(running(line)).toEqual([]);
  expect((await w.moat(["exec", "resume", "--last", "on"])).stdout).toBe("gone on\n");
});

test("moat resume shows what was said, and goes on with it", async () => {
  await using w = await trusted([respond(say("an answer")), respond(say("another"))]);
  await w.moat(["exec", "-s", "workspace-write", "mend the roof"]);
  await using t = onScreen(w, ["resume", "--last"]);
  await t.shows("mend the roof");
  await t.shows("an answer");
  t.type("more");
  await t.shows("› more");
  t.type(KEY.enter);
  await t.shows("another");
  expect(w.server.requests[1]?.raw).toContain("an answer");
});

test("an answer that is on its way does not hold the end up", async () => {
  const gate = createGate();
  await using w = await trusted([[{ head: true }, { wait: gate }]]);
  await using t = onScreen(w, ["go"]);
  await gate.reached;
  t.kill("SIGTERM");
  expect(await t.exited).toBe(143);
  givenBack(t);
});
