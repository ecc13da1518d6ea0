// Questions of the app: what each key answers, and that nothing answers that was typed before one could read them.
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { call, respond, say } from "../../testkit/index.ts";
import type { TestWorld } from "../harness.ts";
import { askingScript, KEY, type OnScreen, onScreen, trusted } from "./on-screen.ts";

const QUESTION = "Run this command outside the sandbox?";
const ran = (w: TestWorld) => existsSync(w.project.path("ran"));
const told = (w: TestWorld, index = 1) => w.server.requests[index]?.raw ?? "";

async function asked(body: (t: OnScreen, w: TestWorld) => Promise<void>, screen = "interactive"): Promise<void> {
  await using w = await trusted(askingScript("touch ran"));
  await using t = onScreen(w, [screen, "go"]);
  await t.shows(QUESTION);
  await t.shows("Esc No, and stop here");
  await body(t, w);
}

describe.each(["tui", "interactive"])("moat %s", (screen) => {
  test("y runs it, once", async () => {
    await asked(async (t, w) => {
      await t.answer("y");
      await t.shows("the end");
      expect(ran(w)).toBe(true);
    }, screen);
  });

  test("n asks why, and the model is told", async () => {
    await asked(async (t, w) => {
      await t.answer("n");
      await t.shows("No, because");
      t.type("use make");
      await t.shows("> use make");
      t.type(KEY.enter);
      await t.shows("the end");
      expect(ran(w)).toBe(false);
      expect(told(w)).toContain("the reason: use make");
    }, screen);
  });
});

test("e changes the command, and what was changed is judged and run", async () => {
  await asked(async (t, w) => {
    await t.answer("e");
    await t.until(() => t.caret.endsWith("touch ran"), "the command was not given to change");
    for (const _ of "ran") t.type(KEY.backspace);
    t.type("other");
    await t.until(() => t.caret.endsWith("touch other"), "the command was not changed");
    t.type(KEY.enter);
    await t.until(
      () => /the end/.test(t.screen) || (t.screen.includes(QUESTION) && t.screen.includes("$ touch other")),
      "what was changed was not judged",
    );
    if (t.screen.includes(QUESTION)) await t.answer("y");
    await t.shows("the end");
    expect(ran(w)).toBe(false);
    expect(existsSync(w.project.path("other"))).toBe(true);
  });
});

test("p shows the rule before it is kept", async () => {
  await asked(async (t, w) => {
    const rules = () =>
      existsSync(join(w.moat_home, "rules", "default.rules"))
        ? readFileSync(join(w.moat_home, "rules", "default.rules"), "utf8")
        : "";
    await t.answer("p");
    await t.shows("prefix_rule");
    expect([ran(w), rules()]).toEqual([false, ""]);
    await t.answer("y");
    await t.shows("the end");
    expect(ran(w)).toBe(true);
    expect(rules()).toContain("touch");
  });
});

test("Escape says no, and ends the turn", async () => {
  await asked(async (t, w) => {
    await t.answer(KEY.escape);
    await t.shows("stopped");
    expect([ran(w), w.server.requests.length]).toEqual([false, 1]);
  });
});

test.each([
  ["y", "y"],
  ["/help and Enter", `/help${KEY.enter}`],
  ["yes in a paste", KEY.paste("y\r")],
  ["Enter", KEY.enter],
])("typed too early, %s answers nothing", async (_, keys) => {
  await using w = await trusted(askingScript("touch ran"));
  await using t = onScreen(w, ["go"]);
  await t.shows(QUESTION);
  t.type(keys);
  await t.answer("");
  expect([ran(w), w.server.requests.length]).toEqual([false, 1]);
  expect(t.screen).toContain(QUESTION);
  await t.answer("y");
  await t.shows("the end");
  expect(ran(w)).toBe(true);
});

test.each(["tui", "interactive"])(
  "moat %s: what was typed while the process stood still was typed too early",
  async (screen) => {
    await asked(async (t, w) => {
      t.kill("SIGSTOP");
      t.type("y");
      await Bun.sleep(800);
      t.kill("SIGCONT");
      await t.answer("");
      expect([ran(w), w.server.requests.length]).toEqual([false, 1]);
      await t.answer("y");
      await t.shows("the end");
      await t.shows("› y");
      expect(ran(w)).toBe(true);
    }, screen);
  },
);

test("what was typed too early is in the composer again", async () => {
  await asked(async (t) => {
    t.type("use tabs");
    await t.answer("y");
    await t.shows("the end");
    await t.shows("› use tabs");
  });
});

test("a question of the model has its choices, and a text of one's own", async () => {
  const questions = [
    {
      id: "db",
      header: "Database",
      question: "Which database?",
      options: [
        { label: "SQLite", description: "one file" },
        { label: "Postgres", description: "a server" },
      ],
    },
  ];
  await using w = await trusted([respond(call("request_user_input", { questions }, "c1")), respond(say("the end"))]);
  await using t = onScreen(w, ["go"]);
  await t.shows("Which database?");
  await t.shows("Postgres");
  await t.answer("2");
  await t.shows("the end");
  expect(told(w)).toContain("Postgres");
  expect(told(w)).toContain("function_call_output");
});
