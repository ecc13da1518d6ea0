// Plan mode and questions of the model, as people and programs have them.
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { call, respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";
import { startProto } from "./proto.ts";
import { pty } from "./pty.ts";

const write = call("exec_command", { cmd: "echo x > made", login: false }, "w");
const plan = call("exit_plan_mode", { plan: "# Steps\n\n1. write `made`" }, "p");
const QUESTION = {
  id: "db",
  header: "Store",
  question: "Which store?",
  options: [
    { label: "sqlite", description: "a file" },
    { label: "files", description: "" },
  ],
};
const ask = call(
  "request_user_input",
  { questions: [QUESTION, { id: "why", header: "", question: "What for?" }] },
  "q",
);
const made = (w: TestWorld) => existsSync(w.project.path("made"));

async function trusted(script: Parameters<typeof world>[0]): Promise<TestWorld> {
  const w = await world(script);
  w.config(`[projects."${w.project.dir}"]\ntrust_level = "trusted"\n`);
  return w;
}
const rollouts = (w: TestWorld) =>
  (readdirSync(join(w.moat_home, "threads"), { recursive: true }) as string[]).filter((name) =>
    name.endsWith(".jsonl"),
  );

describe("moat exec --plan", () => {
  test("ends after the plan and prints it; what goes on is in plan mode until it is left", async () => {
    const script = [respond(write, plan), respond(write), respond(say("no")), respond(write), respond(say("yes"))];
    await using w = await world(script);
    const planned = await w.moat(["exec", "--plan", "--full-auto", "-o", "plan.md", "plan it"]);
    expect({ exit: planned.exit, stdout: planned.stdout }).toEqual({ exit: 0, stdout: "# Steps\n\n1. write `made`\n" });
    expect(w.project.read("plan.md")).toBe("# Steps\n\n1. write `made`");
    expect([planned.stderr.includes("plan mode"), made(w)]).toEqual([true, false]);
    await w.moat(["exec", "resume", "--last", "-s", "workspace-write", "write it"]);
    expect(made(w)).toBe(false);
    await w.moat(["exec", "resume", "--last", "--no-plan", "write it"]);
    expect(made(w)).toBe(true);
  });

  test("a thread that was switched to it, and said nothing since, is in it when it goes on", async () => {
    const answer = respond(say("ok"));
    await using w = await trusted([answer, respond(write), answer, respond(write), answer]);
    await w.moat(["repl", "--full-auto"], { stdin: "hello\n/plan\n" });
    await w.moat(["exec", "resume", "--last", "write it"]);
    expect([w.server.requests.length, made(w)]).toEqual([3, false]);
    await w.moat(["exec", "resume", "--last", "--no-plan", "write it"]);
    expect(made(w)).toBe(true);
  });

  test("as JSON Lines, the plan is an item", async () => {
    await using w = await world([respond(plan)]);
    const events = (await w.moat(["exec", "--plan", "--json", "plan it"])).events();
    const items = events.flatMap((event) => (event.type === "item.completed" ? [event.item] : []));
    expect(items).toEqual([{ id: expect.any(String), type: "plan", text: "# Steps\n\n1. write `made`" } as never]);
    expect(events.at(-1)?.type).toBe("turn.completed");
  });

  test("questions are declined, and the model goes on", async () => {
    await using w = await world([respond(ask), respond(say("done"))]);
    const ran = await w.moat(["exec", "go"]);
    expect([ran.exit, ran.stdout]).toEqual([0, "done\n"]);
    expect(w.server.requests[1]?.raw).toContain("not answered: nobody can be asked in a headless run. Decide yourself");
  });
});

describe("the repl in a pipe", () => {
  test("/plan, a plan, /plan go", async () => {
    await using w = await trusted([respond(write, plan), respond(write), respond(say("written"))]);
    const ran = await w.moat(["repl"], { stdin: "/plan\nplan it\n/plan go\n" });
    expect(ran.exit).toBe(0);
    expect(ran.stdout).toContain("1. write `made`");
    expect(made(w)).toBe(true);
    expect(w.server.requests[1]?.raw).toContain("The plan below is approved");
  });

  test("/plan new starts a thread that knows nothing but the plan", async () => {
    await using w = await trusted([respond(plan), respond(write), respond(say("written"))]);
    await w.moat(["repl", "--plan"], { stdin: "secret prompt\n/plan new\n" });
    expect(made(w)).toBe(true);
    expect(w.server.requests[1]?.raw).toContain("1. write `made`");
    expect(w.server.requests[1]?.raw).not.toContain("secret prompt");
    expect(rollouts(w)).toHaveLength(2);
  });

  test("answers are lines: a number, or words", async () => {
    await using w = await trusted([respond(ask), respond(say("done"))]);
    const ran = await w.moat(["repl", "go"], { stdin: "2\nfor speed\n" });
    expect(ran.stdout).toContain("1 of 2: Store: Which store?");
    const answers = { db: { answers: ["files"] }, why: { answers: ["for speed"] } };
    expect(w.server.requests[1]?.raw).toContain(JSON.stringify(JSON.stringify({ answers })).slice(1, -1));
    const [file = ""] = rollouts(w);
    expect(readFileSync(join(w.moat_home, "threads", file), "utf8")).toContain('"type":"user_input.resolved"');
  });

  test("at the end of the input nobody answers", async () => {
    await using w = await trusted([respond(ask), respond(say("done"))]);
    await w.moat(["repl", "go"], { stdin: "" });
    expect(w.server.requests[1]?.raw).toContain("not answered: nobody was there to answer");
  });
});

describe("the repl on a terminal", () => {
  test("asks in a dialog: an option by its number, words, and what was typed before goes back to the line", async () => {
    await using w = await trusted([respond(ask), respond(say("the end"))]);
    await using t = pty(w, ["repl", "go"]);
    await t.shows("Which store?");
    t.type("2");
    await t.answer("");
    expect(w.server.requests).toHaveLength(1);
    await t.answer("1");
    await t.shows("What for?");
    await t.answer("speed\r");
    await t.shows("the end");
    expect(w.server.requests[1]?.raw).toContain("sqlite");
    expect(w.server.requests[1]?.raw).toContain("speed");
  });

  test("asks what becomes of a plan", async () => {
    await using w = await trusted([respond(plan), respond(write), respond(say("the end"))]);
    await using t = pty(w, ["repl", "--plan", "plan it"]);
    await t.shows("Carry the plan out?");
    await t.answer("y");
    await t.shows("the end");
    expect(made(w)).toBe(true);
  });
});

test("in moat proto questions and answers are lines, and a plan is carried out by an op", async () => {
  await using w = await world([respond(ask), respond(plan), respond(write), respond(say("done"))]);
  const { child, stdin, tell, events } = startProto(w, "--plan", "--full-auto", "--trust");
  tell({ type: "user_turn", input: [{ type: "text", text: "go" }] });
  let turns = 0;
  for await (const { type, request } of events()) {
    if (type === "user_input.requested")
      tell({
        type: "user_input",
        call_id: request?.call_id,
        answer: { type: "answered", answers: { db: { answers: ["x"] } } },
      });
    if (type !== "turn.completed") continue;
    if (++turns === 1)
      tell({ type: "user_turn", input: [{ type: "text", text: "carry it out" }], overrides: { plan: false } });
    else stdin.end();
  }
  expect([await child.exited, turns, made(w)]).toEqual([0, 2, true]);
});
