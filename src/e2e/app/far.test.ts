// The app on a terminal that is far away, and within another program's screen.
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { respond, say } from "../../testkit/index.ts";
import { binary } from "../harness.ts";
import { givenBack } from "./given-back.ts";
import { asksFor, KEY, onScreen, READY, trusted } from "./on-screen.ts";

/** As over a satellite: each way. */
const FAR = { delay_ms: 300 };

describe("300 ms away", () => {
  test("tui: what the terminal answers late is no text, keys keep their order, an arrow is no Escape", async () => {
    await using w = await trusted([respond(say("the end"))]);
    await using t = onScreen(w, ["tui"], FAR);
    await t.shows(READY);
    // Together, and torn apart where a slow line tears.
    t.type("one two");
    t.type("\x1b");
    t.type("[D");
    t.type("\x1b[D");
    t.type("X");
    await t.shows("› one tXwo");
    await t.until(() => t.caret === "› one tX", "the caret is elsewhere");
    t.type(KEY.paste("a paste\nof two lines"));
    await t.shows("of two lines");
    t.type(KEY.enter);
    await t.shows("the end");
    expect(w.server.requests[0]?.raw).toContain("one tXa paste\\nof two lineswo");
    t.type("/sta");
    await t.shows("/status");
    t.type(KEY.escape);
    await t.hides("/status ");
    t.type(KEY.ctrl("u"));
    await t.hides("/sta");
    t.resize(80, 20);
    await t.shows(READY);
    t.type(KEY.ctrl("d"));
    expect(await t.exited).toBe(0);
    givenBack(t);
  });

  test("interactive: keys on their way when a question appears do not answer it", async () => {
    await using w = await trusted([respond(asksFor("touch ran")), respond(say("the end"))]);
    await using t = onScreen(w, ["interactive", "go"], FAR);
    await t.until(() => w.server.requests.length > 0, "nothing was asked");
    t.type("yes please");
    await t.shows("Esc No, and stop here");
    expect(existsSync(w.project.path("ran"))).toBe(false);
    await t.answer("y");
    await t.shows("the end");
    expect(existsSync(w.project.path("ran"))).toBe(true);
    await t.shows("› yes please");
  });
});

describe.each(["tui", "interactive"])("in GNU screen: moat %s", (screen) => {
  test.skipIf(Bun.which("screen") === null)("it starts, works, asks, and gives the window back", async () => {
    await using w = await trusted([respond(asksFor("touch ran")), respond(say("the **end**"))]);
    const sockets = join(w.home, "screen");
    mkdirSync(sockets, { mode: 0o700 });
    const command = ["screen", "-U", "-c", "/dev/null", "bash", "--norc", "--noprofile", "-i"];
    const env = { SCREENDIR: sockets, PS1: "shell> ", MOAT: binary, TERM: "xterm-256color", LANG: "C.UTF-8" };
    await using t = onScreen(w, [], { command, env });
    await t.shows("shell> ");
    t.type(`clear; "$MOAT" ${screen}\r`);
    await t.shows(READY);
    t.type("do it");
    await t.shows("› do it");
    t.type(KEY.enter);
    await t.shows("Esc No, and stop here");
    await t.answer("y");
    await t.shows("the end");
    t.resize(80, 24);
    await t.shows(READY);
    t.type(KEY.ctrl("d"));
    await t.shows("moat resume ");
    t.type("echo ba''ck; exit\r");
    await t.shows(/back|terminating/);
    expect(existsSync(w.project.path("ran"))).toBe(true);
  });
});
