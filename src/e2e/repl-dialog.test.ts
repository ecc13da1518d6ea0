// Questions of the repl in a terminal: what was typed before one could be read never answers it, and goes back to the line.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { call, createGate, respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";
import { type PtyRun, pty, READ_MS } from "./pty.ts";

const outside = { sandbox_permissions: "require_escalated", justification: "to see" };
const touch = (name: string, id: string) =>
  call("exec_command", { cmd: `touch ${name}`, login: false, ...outside }, id);
const ENTER = "\r";
const ESCAPE = "\x1b";
const DOWN = "\x1b[B";
const CTRL_C = "\x03";
const pasted = (text: string) => `\x1b[200~${text}\x1b[201~`;
const QUESTION = "Yes, once";

async function settled(script: Parameters<typeof world>[0]): Promise<TestWorld> {
  const w = await world(script);
  w.config(`[projects."${w.project.dir}"]\ntrust_level = "trusted"\n`);
  return w;
}

/** A repl whose first turn asks whether `touch ran` may run, and then says `the end`. */
async function asked(body: (t: PtyRun, w: TestWorld) => Promise<void>, args: string[] = ["repl", "go"]): Promise<void> {
  await using w = await settled([respond(touch("ran", "c1")), respond(say("the end")), respond(say("heard"))]);
  await using t = pty(w, args);
  await t.shows("touch ran");
  await t.shows(QUESTION);
  await body(t, w);
}
const ran = (w: TestWorld) => existsSync(w.project.path("ran"));
/** What the model was told of the call. */
const output = (w: TestWorld) => w.server.requests[1]?.raw ?? "";

describe("typed before the question could be read", () => {
  test.each([
    ["/help and Enter", `/help${ENTER}`],
    ["y", "y"],
    ["y and Enter", `y${ENTER}`],
    ["Enter", ENTER],
    ["a number", "1"],
    ["Escape", ESCAPE],
    ["an arrow and Enter", `\x1b[A${ENTER}`],
    ["a paste", pasted(`y${ENTER}`)],
  ])("%s answers nothing; the question waits, and is answered later", async (_, keys) => {
    await asked(async (t, w) => {
      t.type(keys);
      await t.answer("");
      expect([ran(w), w.server.requests.length]).toEqual([false, 1]);
      await t.answer("y");
      await t.shows("the end");
      expect(ran(w)).toBe(true);
    });
  });

  test("what was typed goes back to the line and does there what it was typed for", async () => {
    await asked(async (t, w) => {
      for (const key of `/help${ENTER}`) t.type(key);
      await t.answer("y");
      await t.shows("Tab completes commands");
      await t.shows("the end");
      expect(ran(w)).toBe(true);
    });
  });

  test("half a line holds nothing up, and is in the next line again", async () => {
    await asked(async (t, w) => {
      t.type("use tx\x7fa");
      await t.answer("n");
      await t.shows("Why not?");
      t.type(`not now${ENTER}`);
      await t.shows("the end");
      await t.shows("user> use ta");
      t.type(`bs${ENTER}`);
      await t.shows("heard");
      expect(output(w)).toContain("the user said no; the reason: not now");
      expect(w.server.requests[2]?.raw).toContain('"text":"use tabs"');
    });
  });

  test("half a line goes on when the person does, while the turn works", async () => {
    const gate = createGate();
    await using w = await settled([
      respond(touch("ran", "c1")),
      [{ head: true }, { wait: gate }, ...respond(say("the end"))],
      respond(say("heard")),
    ]);
    await using t = pty(w, ["repl", "go"]);
    await t.shows(QUESTION);
    t.type("use ta");
    await t.answer("y");
    await gate.reached;
    t.type("b");
    await t.shows("steer> use tab");
    t.type(`s${ENTER}`);
    gate.open();
    await t.shows("heard");
    expect(w.server.requests[2]?.raw).toContain('"text":"use tabs"');
  });

  test("a paste of several lines stays one message", async () => {
    await asked(async (t, w) => {
      t.type(pasted(`first${ENTER}y${ENTER}third`));
      await t.answer("y");
      await t.shows("the end");
      await t.shows("third");
      t.type(ENTER);
      await t.shows("heard");
      expect(w.server.requests[2]?.raw).toContain("first\\ny\\nthird");
    });
  });

  test("whoever goes on typing is not taken for an answer in the middle of it", async () => {
    await asked(async (t, w) => {
      // 25 keys in about 1.5 s, the last ones long after the question came.
      for (const key of "yes yes yes please do it ") {
        t.type(key);
        await Bun.sleep(60);
      }
      expect(ran(w)).toBe(false);
      await t.answer(ESCAPE);
      await t.shows("yes yes yes please do it");
      expect([ran(w), w.server.requests.length]).toEqual([false, 1]);
    });
  });

  test("a process that stood still did not show anything meanwhile", async () => {
    await asked(async (t, w) => {
      t.kill("SIGSTOP");
      t.type(`y${ENTER}`);
      await Bun.sleep(800);
      t.kill("SIGCONT");
      await t.answer("");
      expect(ran(w)).toBe(false);
    });
  });

  test("nor did one that reads lines", async () => {
    await using w = await settled([respond(touch("ran", "c1")), respond(say("the end"))]);
    await using t = pty(w, ["repl", "--no-ansi", "go"]);
    await t.shows("answer [");
    t.kill("SIGSTOP");
    t.type(`y${ENTER}`);
    await Bun.sleep(800);
    t.kill("SIGCONT");
    await t.shows("answer [");
    expect(ran(w)).toBe(false);
    await t.answer(`y${ENTER}`);
    await t.shows("the end");
    expect(ran(w)).toBe(true);
  });

  test("on a terminal without escape sequences, too: an early line is obeyed, and the question asked again", async () => {
    await using w = await settled([respond(touch("ran", "c1")), respond(say("the end"))]);
    await using t = pty(w, ["repl", "--no-ansi", "go"]);
    await t.shows("answer [");
    t.type(`/help${ENTER}`);
    await t.shows("Tab completes commands");
    await t.shows("answer [");
    t.type(`y${ENTER}`);
    await t.shows("answer [");
    expect(ran(w)).toBe(false);
    await t.answer(`y${ENTER}`);
    await t.shows("the end");
    expect(ran(w)).toBe(true);
  });
});

describe("a question that was read", () => {
  test.each([
    ["y", true],
    ["1", true],
    ["n", false],
    [ENTER, false],
    [`${DOWN}${ENTER}`, null],
  ])("%j", async (keys, yes) => {
    await asked(async (t, w) => {
      await t.answer(keys);
      if (yes === false) {
        await t.shows("Why not?");
        t.type(ENTER);
      }
      if (yes === null) await t.shows("interrupted");
      else await t.shows("the end");
      expect(ran(w)).toBe(yes === true);
      if (yes === false) expect(output(w)).toContain("the user said no");
    });
  });

  test("letters that are not offered do nothing: h j k l move no selection", async () => {
    await asked(async (t, w) => {
      for (const key of "hjklx") await t.answer(key);
      await t.answer(ENTER);
      await t.shows("Why not?");
      expect(ran(w)).toBe(false);
    });
  });

  test("a paste, and a burst of letters, answer nothing and go to the line", async () => {
    await asked(async (t, w) => {
      await t.answer(pasted("y"));
      await t.answer("yes");
      await t.answer("");
      expect(ran(w)).toBe(false);
      await t.answer(ESCAPE);
      await t.shows("interrupted");
      await t.shows("yyes");
    });
  });

  test("Ctrl-C stops the turn at any time", async () => {
    await asked(async (t, w) => {
      t.type(CTRL_C);
      await t.shows("interrupted");
      await t.shows("user> ");
      expect([ran(w), w.server.requests.length]).toEqual([false, 1]);
    });
  });

  test("it waits for whoever is in the middle of a line", async () => {
    const gate = createGate();
    await using w = await settled([
      [{ head: true }, { wait: gate }, ...respond(touch("ran", "c1"))],
      respond(say("ok")),
    ]);
    await using t = pty(w, ["repl", "go"]);
    await w.server.request(0);
    await gate.reached;
    t.type("use y");
    await t.shows("steer> use y");
    gate.open();
    await Bun.sleep(READ_MS);
    expect(t.text).not.toContain(QUESTION);
    t.type(`arn${ENTER}`);
    await t.shows(QUESTION);
    await t.answer("y");
    await t.shows("ok");
    expect(ran(w)).toBe(true);
  });
});

describe("the question of trust at start", () => {
  test("what was typed before is no answer, and is the first line", async () => {
    await using w = await world([respond(say("heard"))]);
    w.config("");
    await using t = pty(w, ["repl"]);
    await t.shows("Trust ");
    await t.shows("Yes");
    t.type(`y${ENTER}`);
    await t.answer("");
    expect(t.text).not.toContain("user> ");
    await t.answer("n");
    await t.shows("heard");
    expect(w.server.requests[0]?.raw).toContain('"text":"y"');
    expect((await w.moat(["config", "trust", "list"])).stdout).toContain("untrusted");
  });

  test("typed on a terminal without dialogs: an early line is the first message, too", async () => {
    await using w = await world([respond(say("heard"))]);
    w.config("");
    await using t = pty(w, ["repl", "--no-ansi"], { TERM: "dumb" });
    await t.shows("[y/N]");
    t.type(`y${ENTER}`);
    await t.shows("[y/N]");
    await t.answer(ENTER);
    await t.shows("heard");
    expect(w.server.requests[0]?.raw).toContain('"text":"y"');
    expect((await w.moat(["config", "trust", "list"])).stdout).toContain("untrusted");
  });

  test("typed while the process stood still: an early line, too", async () => {
    await using w = await world([respond(say("heard"))]);
    w.config("");
    await using t = pty(w, ["repl", "--no-ansi"], { TERM: "dumb" });
    await t.shows("[y/N]");
    t.kill("SIGSTOP");
    t.type(`y${ENTER}`);
    await Bun.sleep(800);
    t.kill("SIGCONT");
    await t.shows("[y/N]");
    await t.answer(ENTER);
    await t.shows("heard");
    expect((await w.moat(["config", "trust", "list"])).stdout).toContain("untrusted");
  });

  test("y says yes, Enter says no", async () => {
    for (const [key, wanted] of [
      ["y", "trusted"],
      [ENTER, "untrusted"],
    ] as const) {
      await using w = await world([]);
      w.config("");
      await using t = pty(w, ["repl"]);
      await t.shows("Trust ");
      await t.answer(key);
      await t.shows("user> ");
      expect((await w.moat(["config", "trust", "list"])).stdout).toMatch(new RegExp(`^${wanted} `, "m"));
    }
  });
});

test("the picker of threads: Enter in time for nothing picks nothing, and what was typed stands in the composer", async () => {
  await using w = await settled([respond(say("one")), respond(say("heard"))]);
  await w.moat(["exec", "first words"]);
  await using t = pty(w, ["resume"]);
  await t.shows("Which thread?");
  await t.shows("first words");
  t.type(`hello${ENTER}`);
  await t.answer("");
  expect(t.text).not.toContain("moat 0.");
  await t.answer(ENTER);
  await t.shows("› hello");
  t.type(ENTER);
  await t.shows("heard");
  expect(w.server.requests[1]?.raw).toContain("hello");
});

test("/init: the file is written after a y that was typed when the question could be read", async () => {
  await using w = await settled(() => respond(say("# Rules\n\nRun `make`.\n")));
  const agents = () => existsSync(w.project.path("AGENTS.md"));
  await using t = pty(w, ["repl"]);
  await t.shows("user> ");
  t.type(`/init${ENTER}`);
  await t.shows("AGENTS.md?");
  t.type(`y${ENTER}`);
  await t.answer(ENTER);
  await t.shows("nothing was written");
  expect(agents()).toBe(false);
  // The early line was for the model.
  await t.shows("tokens: ");
  await t.shows("user> ");
  t.type(`/init${ENTER}`);
  await t.shows("AGENTS.md?");
  await t.answer("y");
  await t.shows("wrote ");
  expect(agents()).toBe(true);
});
