// An error that nobody expected, in the built binary: the terminal is given back, nothing runs on, and the thread can be gone on with.
import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, createGate, respond, say } from "../../testkit/index.ts";
import { binary, running, type TestWorld } from "../harness.ts";
import { givenBack } from "./given-back.ts";
import { askingScript, onScreen, READY, trusted } from "./on-screen.ts";

/** What Bun runs before the program: it breaks in the middle of whatever is going on, when it is told to. */
function breakable(w: TestWorld, how: string): Record<string, string> {
  const file = join(w.home, "break.js");
  writeFileSync(file, `process.on("SIGUSR2", () => { ${how} });\n`);
  return { BUN_OPTIONS: `--preload ${file}` };
}

const THROWN = 'throw new Error("nobody expected this")';
const REJECTED = 'Promise.reject(new Error("nobody expected this"))';

describe.each(["tui", "interactive", "repl"])("moat %s", (screen) => {
  test.each([
    ["thrown", THROWN],
    ["of something that nobody waits for", REJECTED],
  ])("an error %s while a command runs", async (_, how) => {
    const line = `sleep 5${process.pid}${screen.length}${how.length}`;
    await using w = await trusted([
      respond(call("exec_command", { cmd: `echo be''gun; ${line}`, login: false }, "c1")),
      respond(say("gone on")),
    ]);
    await using t = onScreen(w, [screen, "mend the roof"], { env: breakable(w, how) });
    await t.until(() => running(line).length > 0, "the command did not begin");
    t.kill("SIGUSR2");
    expect(await t.exited).toBe(1);
    givenBack(t);
    // It is told on the screen that the person has then.
    expect(t.all).toContain("this is a mistake of moat's, please report it: Error: nobody expected this");
    await t.until(() => running(line).length === 0, "the command runs on");
    const ran = await w.moat(["exec", "resume", "--last", "on"]);
    expect([ran.exit, ran.stdout]).toEqual([0, "gone on\n"]);
    expect(w.server.requests[1]?.raw).toContain("mend the roof");
  });
});

test("an error while the model speaks: what was said stays in the thread", async () => {
  const gate = createGate();
  await using w = await trusted([[{ head: true }, { wait: gate }], respond(say("gone on"))]);
  await using t = onScreen(w, ["mend the roof"], { env: breakable(w, THROWN) });
  await gate.reached;
  t.kill("SIGUSR2");
  expect(await t.exited).toBe(1);
  givenBack(t);
  await w.moat(["exec", "resume", "--last", "on"]);
  expect(w.server.requests[1]?.raw).toContain("mend the roof");
});

test.each(["tui", "interactive", "repl"])("the line discipline is what it was, too: moat %s", async (screen) => {
  await using w = await trusted([]);
  const script = 'stty -g > before; trap : USR2; "$MOAT" "$0"; stty -g > after; cmp before after && echo same';
  await using t = onScreen(w, [], {
    command: ["bash", "-c", script, screen],
    env: { ...breakable(w, THROWN), MOAT: binary },
  });
  await t.shows(screen === "repl" ? "user>" : READY);
  process.kill(-t.pid, "SIGUSR2");
  await t.shows("same");
  givenBack(t);
});

test("an error while the repl asks in a dialog", async () => {
  await using w = await trusted(askingScript("touch ran"));
  await using t = onScreen(w, ["repl", "go"], { env: breakable(w, THROWN) });
  await t.shows("Yes");
  t.kill("SIGUSR2");
  expect(await t.exited).toBe(1);
  givenBack(t);
});
