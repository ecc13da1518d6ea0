// `moat repl` as a person has it in a terminal, and as a program has it in a pipe.
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { call, createGate, PIXEL_PNG, respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";
import { pty } from "./pty.ts";

const command = (cmd: string, id = "call_1", more: object = {}) =>
  call("exec_command", { cmd, login: false, ...more }, id);
const outside = { sandbox_permissions: "require_escalated", justification: "to see" };
const ENTER = "\r";
const CTRL_C = "\x03";
const CTRL_D = "\x04";

/** What the user said, as the model was sent it in a request. */
function said(w: TestWorld, request: number): string[] {
  const body = w.server.requests[request]?.body ?? { input: [] };
  const { input } = body as { input: { role?: string; content?: { text?: string }[] }[] };
  return input
    .filter(({ role }) => role === "user")
    .flatMap(({ content }) => (content ?? []).map(({ text }) => text ?? ""))
    .filter((text) => !text.startsWith("<environment_context>"));
}

/** A world whose project is trusted and whose first questions are answered. */
async function settled(script: Parameters<typeof world>[0], files: Record<string, string> = {}): Promise<TestWorld> {
  const w = await world(script, files);
  w.config(`[projects."${w.project.dir}"]\ntrust_level = "trusted"\n`);
  return w;
}

describe("in a pipe", () => {
  test("each line is a turn of the same thread; the end of the input is the end", async () => {
    await using w = await settled([respond(say("one")), respond(say("two"))]);
    const ran = await w.moat(["repl"], { stdin: "first\nsecond\n" });
    expect(ran.stderr).toBe("");
    expect(ran.exit).toBe(0);
    expect(ran.stdout).toContain("user> first\none\n");
    expect(ran.stdout).toContain("user> second\ntwo\n");
    expect(ran.stdout).not.toContain("\x1b");
    expect(said(w, 1)).toEqual(["first", "second"]);
  });

  test("a turn that failed is the exit code", async () => {
    await using w = await settled([{ status: 401, body: { error: { message: "no" } } }, respond(say("two"))]);
    expect((await w.moat(["repl"], { stdin: "first\nsecond\n" })).exit).toBe(1);
  });

  test("a question takes the next line as its answer", async () => {
    const script = () => [respond(command("echo ran > out.txt", "c1", outside)), respond(say("ok"))];
    await using yes = await settled(script());
    await yes.moat(["repl"], { stdin: "go\ny\n" });
    expect(yes.project.read("out.txt")).toBe("ran\n");
    await using no = await settled(script());
    const ran = await no.moat(["repl"], { stdin: "go\nn not now\n" });
    expect(existsSync(no.project.path("out.txt"))).toBe(false);
    expect(ran.exit).toBe(0);
    expect(no.server.requests[1]?.raw).toContain("the user said no; the reason: not now");
  });

  test("a command can be changed before it runs", async () => {
    await using w = await settled([respond(command("echo ran > out.txt", "c1", outside)), respond(say("ok"))]);
    await w.moat(["repl", "-a", "untrusted"], { stdin: "go\ne\necho other > other.txt\ny\n" });
    expect(existsSync(w.project.path("out.txt"))).toBe(false);
    expect(w.project.read("other.txt")).toBe("other\n");
  });

  test("what is no answer is a no, and stays the next prompt; at the end of the input nobody said yes", async () => {
    await using w = await settled([
      respond(command("touch out.txt", "c1", outside)),
      respond(say("ok")),
      respond(command("touch out.txt", "c2", outside)),
      respond(say("ok")),
    ]);
    const ran = await w.moat(["repl"], { stdin: "go\nand then this\n" });
    expect(existsSync(w.project.path("out.txt"))).toBe(false);
    expect(ran.stdout).toContain("that is no answer: taken as no");
    expect(ran.stdout).toContain("user> and then this");
    expect(w.server.requests[3]?.raw).toContain("nobody was there to answer");
  });

  test("commands with a slash and with a dot, and q", async () => {
    await using w = await settled([respond(say("never asked"))]);
    const ran = await w.moat(["repl"], {
      stdin: "/status\n.model m2 high\n/approvals full\n.status\n/nope\nq\nafter\n",
    });
    expect(ran.exit).toBe(0);
    expect(ran.stdout).toContain("sandbox    workspace-write");
    expect(ran.stdout).toContain("m2 (openai), effort high");
    expect(ran.stdout).toContain("sandbox    danger-full-access");
    expect(ran.stdout).toContain("there is no command /nope");
    expect(w.server.requests).toHaveLength(0);
  });

  test("changed settings reach the model and the sandbox; /new starts over with them", async () => {
    await using w = await settled([respond(say("one")), respond(say("two"))]);
    const ran = await w.moat(["repl", "first"], { stdin: "/model m2 low\n/new\nsecond\n" });
    expect(ran.exit).toBe(0);
    expect(w.server.requests[1]?.body).toMatchObject({ model: "m2", reasoning: { effort: "low" } });
    expect(said(w, 1)).toEqual(["second"]);
  });

  test("/resume goes on with a stored thread", async () => {
    await using w = await settled([respond(say("one")), respond(say("two"))]);
    await w.moat(["repl"], { stdin: "first words\n" });
    const [thread] = JSON.parse((await w.moat(["threads", "list", "--json"])).stdout) as { thread_id: string }[];
    const ran = await w.moat(["repl"], { stdin: `/resume ${thread?.thread_id}\nsecond\n` });
    expect(ran.exit).toBe(0);
    expect(said(w, 1)).toEqual(["first words", "second"]);
  });

  test("/compact makes a summary; /diff shows new files, too", async () => {
    await using w = await settled([respond(say("one")), respond(say("a summary")), respond(say("two"))]);
    w.project.write("new.txt", "fresh\n");
    const ran = await w.moat(["repl"], { stdin: "first\n/diff\n/compact\nsecond\n" });
    expect(ran.stdout).toContain("+fresh");
    expect(ran.stdout).toContain("compacted");
    expect(ran.exit).toBe(0);
    expect(w.server.requests[2]?.raw).toContain("a summary");
  });

  test("-S and -E record what goes in and what comes out", async () => {
    await using w = await settled([respond(say("one"))]);
    await w.moat(["repl", "-S", "in.jsonl", "-E", "out.jsonl"], { stdin: "first\n" });
    const lines = (name: string) =>
      w.project
        .read(name)
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
    expect(lines("in.jsonl")).toEqual([
      { type: "user_turn", input: [{ type: "text", text: "first" }] },
      { type: "shutdown" },
    ]);
    expect(lines("out.jsonl").map(({ seq }) => seq)).toEqual(lines("out.jsonl").map((_, index) => index));
    expect(statSync(w.project.path("in.jsonl")).mode & 0o777).toBe(0o600);
  });

  test("images go with the first message; outside a repository the flag is needed", async () => {
    await using w = await settled([respond(say("one"))]);
    w.project.write("a.png", PIXEL_PNG);
    await w.moat(["repl", "--image", "a.png", "what is this"], { stdin: "" });
    expect(w.server.requests[0]?.raw).toContain("data:image/png;base64");
    const bare = await w.moat(["repl", "hi"], { stdin: "", cwd: w.home });
    expect(bare.exit).toBe(1);
    expect(bare.stderr).toContain("--allow-no-git-exec");
  });

  test("SIGTERM ends a turn that runs, and the repl, with 143", async () => {
    const gate = createGate();
    await using w = await settled([[{ head: true }, { wait: gate }]]);
    const child = w.start(["repl", "first"], { stdin: "" });
    await w.server.request(0);
    await gate.reached;
    child.kill("SIGTERM");
    const [stdout, exit] = await Promise.all([new Response(child.stdout).text(), child.exited]);
    expect(exit).toBe(143);
    expect(stdout).toContain("interrupted");
  });

  test("-v writes more into the log", async () => {
    await using w = await settled([respond(say("one"))]);
    await w.moat(["repl", "-v"], { stdin: "first\n" });
    expect(readFileSync(join(w.moat_home, "log", "moat.log"), "utf8")).toContain("turn.completed");
  });
});

describe("in a terminal", () => {
  test("a turn, Tab, the arrow keys, and Ctrl-D", async () => {
    await using w = await settled([respond(say("Hello ", "there.")), respond(say("again"))], { "src/main.ts": "" });
    await using t = pty(w, ["repl"]);
    await t.shows("user> ");
    t.type(`hi${ENTER}`);
    await t.shows("Hello there.");
    await t.shows("user> ");
    t.type("/stat\t");
    await t.shows("/status ");
    t.type(ENTER);
    await t.shows("approvals  on-request");
    await t.shows("user> ");
    t.type("@src/ma\t");
    await t.shows("@src/main.ts ");
    t.type("\x15\x1b[A\x1b[A");
    await t.shows("hi");
    t.type(ENTER);
    await t.shows("again");
    await t.shows("user> ");
    t.type(CTRL_D);
    expect(await t.exited).toBe(0);
    expect(w.server.requests).toHaveLength(2);
    expect(said(w, 1)).toEqual(["hi", "hi"]);
    // What was shown stays: nothing moves up, and nothing is erased but the line that is typed.
    expect(t.raw.replaceAll("\x1b[0J", "").match(/\x1b\[\d*[ABHfJK]/g)).toBeNull();
    expect(t.raw).toMatch(/\x1b\[\?2004l\r\n\x1b\[2mmoat resume [-0-9a-f]+\x1b\[22m\r\n$/);
  });

  test("Ctrl-C during a stream interrupts the turn and not the repl", async () => {
    const gate = createGate();
    await using w = await settled([[{ head: true }, { wait: gate }], respond(say("still here"))]);
    await using t = pty(w, ["repl"]);
    await t.shows("user> ");
    t.type(`hi${ENTER}`);
    await w.server.request(0);
    await gate.reached;
    t.type(CTRL_C);
    await t.shows("interrupted");
    await t.shows("user> ");
    t.type(`on${ENTER}`);
    await t.shows("still here");
    t.type("q");
    t.type(ENTER);
    expect(await t.exited).toBe(0);
  });

  test("Ctrl-C during a command ends the command and not the repl", async () => {
    await using w = await settled([respond(command("touch started; sleep 100")), respond(say("still here"))]);
    await using t = pty(w, ["repl"]);
    await t.shows("user> ");
    t.type(`hi${ENTER}`);
    await t.shows("$ touch started");
    while (!existsSync(w.project.path("started"))) await Bun.sleep(10);
    t.type(CTRL_C);
    await t.shows("interrupted");
    await t.shows("user> ");
    t.type(`on${ENTER}`);
    await t.shows("still here");
  });

  test("Ctrl-C at the prompt clears the line and says how to leave; two quick ones end with 130", async () => {
    await using w = await settled([]);
    await using t = pty(w, ["repl"]);
    await t.shows("user> ");
    t.type("half a line");
    await t.shows("half a line");
    t.type(CTRL_C);
    await t.shows("Ctrl-C again");
    await t.shows("user> ");
    t.type(CTRL_C);
    expect(await t.exited).toBe(130);
    expect(w.server.requests).toHaveLength(0);
  });

  test("two quick Ctrl-C during a turn end with 130, and the turn is closed in the record", async () => {
    const gate = createGate();
    await using w = await settled([[{ head: true }, { wait: gate }]]);
    await using t = pty(w, ["repl", "-E", "events.jsonl", "hi"]);
    await w.server.request(0);
    await gate.reached;
    t.type(CTRL_C);
    t.type(CTRL_C);
    expect(await t.exited).toBe(130);
    expect(w.project.read("events.jsonl").match(/"turn\.failed"/g)).toHaveLength(1);
  });

  test("what is typed while a turn runs is told to the model, and is not torn apart by what is printed", async () => {
    const gate = createGate();
    const reply = respond(say("working"), command("until [ -e go ]; do sleep 0.02; done; echo went"));
    await using w = await settled([[{ head: true }, { wait: gate }, ...reply], respond(say("heard"))]);
    await using t = pty(w, ["repl", "start"]);
    await w.server.request(0);
    await gate.reached;
    t.type("use ta");
    await t.shows("steer> use ta");
    gate.open();
    await Bun.sleep(200);
    expect(t.text).not.toContain("working");
    t.type(`bs${ENTER}`);
    await t.shows("working");
    await t.shows("$ until");
    w.project.write("go", "");
    await t.shows("heard");
    expect(t.text).toContain("steer> use tabs\n");
    expect(said(w, 1)).toEqual(["start", "use tabs"]);
  });

  test("a paste of several lines is one message; a backslash goes on, too", async () => {
    await using w = await settled([respond(say("one")), respond(say("two"))]);
    await using t = pty(w, ["repl"]);
    await t.shows("user> ");
    t.type("\x1b[200~first\rsecond\rthird\x1b[201~");
    await t.shows("third");
    t.type(ENTER);
    await t.shows("one");
    await t.shows("user> ");
    t.type(`a\\${ENTER}`);
    await t.shows("... ");
    t.type(`b${ENTER}`);
    await t.shows("two");
    expect(said(w, 1)).toEqual(["first\nsecond\nthird", "a\nb"]);
  });

  test("approvals are asked in a dialog; Escape stops the turn, and the prompt is there again", async () => {
    await using w = await settled([
      respond(command("echo ran > out.txt", "c1", outside)),
      respond(command("echo more > out.txt", "c2", outside)),
    ]);
    await using t = pty(w, ["repl", "go"]);
    await t.shows("Run this command?");
    await t.shows("Yes, once");
    await t.answer("y");
    await t.shows("echo more");
    await t.shows("Yes, once");
    await t.answer("\x1b");
    await t.shows("user> ");
    t.type(`/status${ENTER}`);
    await t.shows("tokens");
    expect(w.project.read("out.txt")).toBe("ran\n");
    expect(w.server.requests).toHaveLength(2);
  });

  test("on a dumb terminal, and with --no-ansi, there is no escape sequence, and answers are typed", async () => {
    for (const [args, env] of [
      [[], { TERM: "dumb" }],
      [["--no-ansi"], {}],
    ] as [string[], Record<string, string>][]) {
      await using w = await settled([respond(command("echo ran > out.txt", "c1", outside)), respond(say("ok"))]);
      await using t = pty(w, ["repl", ...args], env);
      await t.shows("user> ");
      t.type(`go${ENTER}`);
      await t.shows("answer [");
      await t.answer(`what${ENTER}`);
      await t.shows("answer [");
      await t.answer(`y${ENTER}`);
      await t.shows("ok");
      await t.shows("user> ");
      t.type(CTRL_D);
      expect(await t.exited).toBe(0);
      expect(t.raw).not.toContain("\x1b");
      expect(w.project.read("out.txt")).toBe("ran\n");
    }
  });

  test("prompts are kept for the next time, for their owner only, and secrets are not", async () => {
    await using w = await settled([respond(say("one")), respond(say("two")), respond(say("three"))]);
    const secret = "use sk-proj-abcdefghijklmnopqrstuvwx";
    {
      await using t = pty(w, ["repl"]);
      await t.shows("user> ");
      t.type(`remember me${ENTER}`);
      await t.shows("one");
      await t.shows("user> ");
      t.type(`${secret}${ENTER}`);
      await t.shows("two");
      await t.shows("user> ");
      t.type(CTRL_D);
      await t.exited;
    }
    const file = join(w.moat_home, "history.jsonl");
    expect(readFileSync(file, "utf8")).toContain("remember me");
    expect(readFileSync(file, "utf8")).not.toContain("sk-proj");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await using t = pty(w, ["repl"]);
    await t.shows("user> ");
    t.type("\x1b[A");
    await t.shows("remember me");
  });
});
