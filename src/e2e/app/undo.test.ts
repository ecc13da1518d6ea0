// What turns change, taken back by a person in the app and in the repl; and the way back to an earlier message, with the files or without.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { call, respond, say } from "../../testkit/index.ts";
import type { TestWorld } from "../harness.ts";
import { pty } from "../pty.ts";
import { KEY, type OnScreen, onScreen, trusted } from "./on-screen.ts";

const run = (cmd: string, id: string) => respond(call("exec_command", { cmd, login: false }, id));
const there = (w: TestWorld, ...names: string[]) => names.map((name) => existsSync(w.project.path(name)));

async function send(t: OnScreen, text: string) {
  t.type(text);
  await t.until(() => t.caret === `› ${text}`, `${text} was not in the composer`);
  t.type(KEY.enter);
}

describe.each(["tui", "interactive"])("moat %s", (screen) => {
  test("/undo shows what it does and asks; /redo brings it back; the turn itself offers it", async () => {
    await using w = await trusted([run("rm -r src", "a"), respond(say("gone"))], {
      "src/one.txt": "one\n".repeat(900),
    });
    await using t = onScreen(w, [screen, "go"]);
    await t.shows("/undo takes it back");
    expect(there(w, "src")).toEqual([false]);
    await send(t, "/undo");
    await t.shows("restore  src/one.txt");
    await t.shows("Take back all of this?");
    await t.answer("y");
    await t.shows("1 turn taken back: 2 paths put right");
    expect(there(w, "src/one.txt")).toEqual([true]);
    await send(t, "/redo");
    await t.shows("Bring back all of this?");
    await t.answer("y");
    await t.shows("1 turn brought back");
    expect(there(w, "src")).toEqual([false]);
    await send(t, "/redo");
    await t.shows("nothing");
  });

  test("/rewind goes back to before a message, with the files; the old thread stays as it is", async () => {
    await using w = await trusted([
      run("touch first", "a"),
      respond(say("one")),
      run("touch second", "b"),
      respond(say("two")),
      respond(say("three")),
    ]);
    await using t = onScreen(w, [screen, "make the first"]);
    // What is sent before the turn's last line stands there goes into that turn.
    await t.shows("files: 1 created");
    await send(t, "make the second");
    await t.until(() => t.screen.split("files: 1 created").length === 3, "the second turn did not end");
    await send(t, "/rewind 2");
    await t.shows("What goes back?");
    t.type(KEY.enter);
    await t.shows("Take back all of this?");
    await t.answer("y");
    await t.until(() => !existsSync(w.project.path("second")), "the file is still there");
    await send(t, "something else");
    await t.shows("three");
    expect(there(w, "first", "second")).toEqual([true, false]);
    expect(w.server.requests.at(-1)?.raw).not.toContain("make the second");
    expect(JSON.parse((await w.moat(["threads", "list", "--json"])).stdout)).toHaveLength(2);
  });
});

test("in the repl: /undo, what a person changed since, and /undo force", async () => {
  await using w = await trusted([run("echo b > f.txt; touch made", "a"), respond(say("done"))], { "f.txt": "a\n" });
  await using t = pty(w, ["repl", "go"]);
  await t.shows("done");
  await t.shows("files: 1 created, 1 changed");
  await Bun.write(w.project.path("f.txt"), "mine\n");
  t.type("/undo force\r");
  await t.shows("kept     f.txt: changed after the turn");
  await t.shows("-mine");
  await t.shows("Overwrite what was changed since?");
  await t.answer("y\r");
  await t.shows("1 turn taken back");
  expect(there(w, "made")).toEqual([false]);
  expect(await Bun.file(w.project.path("f.txt")).text()).toBe("a\n");
  t.type("/rewind\r");
  await t.shows("/rewind N goes back to before message N");
});
