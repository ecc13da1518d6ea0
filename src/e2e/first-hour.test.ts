// What a person meets in the first hour: everything is said once, something moves, and the terminal stays theirs.
import { describe, expect, test } from "bun:test";
import { call, createGate, respond, say, think } from "../testkit/index.ts";
import { onScreen } from "./app/on-screen.ts";
import { binary, type TestWorld, world } from "./harness.ts";
import { pty } from "./pty.ts";

const ENTER = "\r";
const UP = "\x1b[A";
const CTRL_C = "\x03";
const CTRL_D = "\x04";
const CTRL_R = "\x12";
const ALT_ENTER = "\x1b\r";
const MARKDOWN = "**bold** words\n\n- one\n- two\n\n```sh\nls -l\n```\n";
const plan = (id: string, ...status: string[]) =>
  call("update_plan", { plan: status.map((one, index) => ({ step: `step ${index}`, status: one })) }, id);
const times = (text: string, part: string) => text.split(part).length - 1;

async function settled(script: Parameters<typeof world>[0]): Promise<TestWorld> {
  const w = await world(script);
  w.config(`[projects."${w.project.dir}"]\ntrust_level = "trusted"\n`);
  return w;
}

/** The last thing that was said, as the model got it. */
function said(w: TestWorld): string | undefined {
  const body = w.server.requests.at(-1)?.body as { input?: { content?: { text?: string }[] }[] };
  return body.input?.at(-1)?.content?.[0]?.text;
}

describe("said once", () => {
  test("repl: reasoning, then an answer; Markdown is drawn on a terminal", async () => {
    await using w = await settled([respond(think("I wonder"), say(MARKDOWN))]);
    await using t = pty(w, ["repl", "go"]);
    await t.shows("tokens:");
    for (const part of ["I wonder", "bold words", "- one", "ls -l"]) expect(times(t.text, part)).toBe(1);
    expect(t.raw).toContain("\x1b[1mbold\x1b[22m words");
    expect(t.text).not.toContain("```");
  });

  test("in a pipe and for a screen reader it is text, once", async () => {
    await using w = await settled(() => respond(think("I wonder"), say(MARKDOWN)));
    const { stdout } = await w.moat(["repl"], { stdin: "go\n" });
    await using t = pty(w, ["repl", "--screen-reader", "go"]);
    await t.shows("tokens:");
    for (const text of [stdout, t.text]) {
      expect(text).toContain(MARKDOWN);
      expect(times(text, "I wonder")).toBe(1);
      expect(times(text, "bold")).toBe(1);
    }
  });

  test("exec: a final answer after a plan, which is shown as it changes", async () => {
    await using w = await settled([
      respond(plan("c1", "in_progress", "pending")),
      respond(plan("c2", "completed", "completed")),
      respond(say("the end")),
    ]);
    const { stdout, stderr } = await w.moat(["exec", "go"]);
    expect(stdout).toBe("the end\n");
    expect(stderr).not.toContain("the end");
    expect(stderr).toContain("[ ] step 0\n[ ] step 1\n\n[x] step 0\n[x] step 1\n");
    expect(times(stderr, "step 1")).toBe(2);
  });

  test("exec on a terminal draws Markdown", async () => {
    await using w = await settled([respond(say(MARKDOWN))]);
    await using t = pty(w, ["exec", "go"]);
    expect(await t.exited).toBe(0);
    expect(t.raw).toContain("\x1b[1mbold\x1b[22m words");
    expect(times(t.text, "bold")).toBe(1);
  });
});

describe("something moves", () => {
  const held = async () => {
    const gate = createGate();
    return { gate, w: await settled([[{ head: true }, { wait: gate }, ...respond(say("the end"))]]) };
  };

  test.each([["repl"], ["exec"]])(
    "%s: a line says what goes on and how to interrupt, and is taken back",
    async (name) => {
      const { gate, w } = await held();
      await using _ = w;
      await using t = pty(w, [name, "go"]);
      await t.shows("Ctrl-C interrupts · thinking");
      gate.open();
      await t.shows("the end");
      expect(t.raw).toMatch(/\r\x1b\[K(?![^\n]*Ctrl-C interrupts)/);
    },
  );

  test.each([
    [{ TERM: "dumb" }, []],
    [{}, ["--screen-reader"]],
  ] as const)("not with %j %j", async (env, flags) => {
    const { gate, w } = await held();
    await using _ = w;
    await using t = pty(w, ["repl", ...flags, "go"], env);
    await gate.reached;
    await Bun.sleep(1500);
    gate.open();
    await t.shows("the end");
    expect(t.text).not.toContain("interrupts");
  });
});

describe("the line is the person's", () => {
  test("Alt-Enter is a line end; what had several lines comes back whole, and Ctrl-R finds it", async () => {
    await using w = await settled(() => respond(say("ok")));
    await using t = pty(w, ["repl"]);
    const send = async (keys: string) => {
      await t.shows("user> ");
      t.type(keys);
      await t.shows("tokens:");
      return said(w);
    };
    expect(await send(`one${ALT_ENTER}two${ENTER}`)).toBe("one\ntwo");
    expect(await send(`\x1b[200~three${ENTER}four\x1b[201~${ENTER}`)).toBe("three\nfour");
    expect(await send(`${UP}${ENTER}`)).toBe("three\nfour");
    expect(await send(`${CTRL_R}one${ENTER}`)).toBe("one\ntwo");
  });

  test("the prompt of the command line is an earlier prompt", async () => {
    await using w = await settled(() => respond(say("ok")));
    await using t = pty(w, ["repl", "mend the roof"]);
    await t.shows("tokens:");
    await t.shows("user> ");
    t.type(UP);
    await t.shows("mend the roof");
  });

  // A group of processes is stopped by its terminal only where a shell waits for it: so one is asked, as a person does.
  test("Ctrl-Z gives the terminal to the shell; after fg the keys are heard again", async () => {
    await using w = await settled([respond(say("heard"))]);
    await using t = onScreen(w, [], { command: ["bash", "--norc", "-i"], env: { PS1: "shell% ", MOAT: binary } });
    await t.shows("shell% ");
    t.type(`"$MOAT" repl${ENTER}`);
    await t.shows("user> ");
    t.type("ab");
    await t.shows("user> ab");
    t.type("\x1a");
    await t.shows("Stopped");
    t.type(`echo to the $((40 + 2))${ENTER}`);
    await t.shows("to the 42");
    t.type(`fg${ENTER}`);
    await t.until(() => t.caret === "user> ab", "the line did not come back");
    t.type(`c${ENTER}`);
    await t.shows("heard");
    expect(said(w)).toBe("abc");
  });

  test("what was said to a turn that is then interrupted starts no turn: it is in the next line", async () => {
    const gate = createGate();
    await using w = await settled([[{ head: true }, { wait: gate }, ...respond(say("never"))], respond(say("heard"))]);
    await using t = pty(w, ["repl", "go"]);
    await gate.reached;
    t.type(`and this${ENTER}`);
    await t.shows("and this");
    t.type(CTRL_C);
    await t.shows("user> and this");
    expect(w.server.requests).toHaveLength(1);
  });

  test.each(["exit", "quit", "help", "?"])("%s alone is not for the model", async (word) => {
    await using w = await settled(() => respond(say("ok")));
    const ran = await w.moat(["repl"], { stdin: `${word}\n` });
    expect(w.server.requests).toHaveLength(0);
    if (word === "help" || word === "?") expect(ran.stdout).toContain("/status");
  });

  test("leaving says how to go on, where something was said", async () => {
    await using w = await settled(() => respond(say("ok")));
    for (const [args, wanted] of [
      [["repl", "go"], true],
      [["repl"], false],
    ] as const) {
      await using t = pty(w, [...args]);
      if (wanted) await t.shows("tokens:");
      await t.shows("user> ");
      t.type(CTRL_D);
      await t.exited;
      expect(/\nmoat resume [0-9a-f-]{36}\n/.test(t.text)).toBe(wanted);
    }
  });
});
