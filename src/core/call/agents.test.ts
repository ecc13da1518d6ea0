// Agents that work beside the calls of a thread, each with a context of its own.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import fc from "fast-check";
import { type Event, isOfChild } from "../../protocol/index.ts";
import { call, type RecordedRequest, type Reply, respond, say } from "../../testkit/index.ts";
import { play, type Stage, stage, turnOf } from "../harness.suite.ts";
import type { ThreadSettings } from "../index.ts";

const PARENT = "0198a0c0-0000-7000-8000-000000000000";
const spawn = (args: object, id: string) => call("spawn_agent", args, id);
const wait = (ids: string[], id = "w") => call("wait", { ids, timeout_ms: 30_000 }, id);
const ofChildren = (events: Event[]) => events.filter((event) => isOfChild(event, PARENT));

/** Answers each thread by what was said in it first, whatever comes when. */
function byThread(scripts: Record<string, (Reply | ((request: RecordedRequest) => Reply))[]>) {
  const left = new Map(Object.entries(scripts).map(([name, replies]) => [name, [...replies]]));
  return (request: RecordedRequest): Reply => {
    const name = [...left.keys()].find((one) => firstWords(request).includes(one)) ?? "";
    const reply = left.get(name)?.shift() ?? respond(say("nothing more"));
    return typeof reply === "function" ? reply(request) : reply;
  };
}

function firstWords({ body }: RecordedRequest): string {
  const { input } = body as { input: { role?: string; content?: unknown }[] };
  return JSON.stringify(input.filter(({ role }) => role === "user"));
}

const endless = (answer: (request: RecordedRequest) => Reply) => Array.from({ length: 60 }, () => answer);
const staged = (scripts: Parameters<typeof byThread>[0], settings: Partial<ThreadSettings> = {}): Promise<Stage> =>
  stage(endless(byThread(scripts)), { settings });

test("several work at once; what each came to is an item, and the answer of wait", async () => {
  using set = await staged({
    "the errand": [
      respond(spawn({ message: "task one" }, "a"), spawn({ message: "task two" }, "b")),
      respond(wait(["agent_1"], "w1"), wait(["agent_2"], "w2")),
      respond(say("both are done")),
    ],
    "task one": [
      respond(call("exec_command", { cmd: "echo one > one.txt", login: false }, "c")),
      respond(say("I am one")),
    ],
    "task two": [respond(say("I am two"))],
  });
  const { events, outputs } = await play(set, [turnOf("the errand")], () => null);
  expect(outputs.get("a")).toBe('{"agent_id":"agent_1"}');
  expect(outputs.get("w1")).toBe('{"status":{"agent_1":{"completed":"I am one"}},"timed_out":false}');
  expect(outputs.get("w2")).toBe('{"status":{"agent_2":{"completed":"I am two"}},"timed_out":false}');
  expect(existsSync(set.project.path("one.txt"))).toBe(true);
  expect(new Set(ofChildren(events).map(({ thread_id }) => thread_id)).size).toBe(2);
  const items = events.flatMap((event) =>
    event.type === "item.completed" && !isOfChild(event, PARENT) && event.item.type === "mcp_tool_call"
      ? [event.item]
      : [],
  );
  expect(items.map(({ status, result }) => [status, result?.content])).toEqual([
    ["completed", [{ type: "text", text: expect.stringMatching(/I am (one|two)/) }]],
    ["completed", [{ type: "text", text: expect.stringMatching(/I am (one|two)/) }]],
  ]);
});

test("one is told more, closed, and unknown afterwards", async () => {
  using set = await staged({
    "the errand": [
      respond(spawn({ message: "task one" }, "a")),
      respond(wait(["agent_1"], "w1")),
      respond(call("send_input", { id: "agent_1", message: "and now?" }, "s")),
      respond(wait(["agent_1"], "w2")),
      respond(call("close_agent", { id: "agent_1" }, "x")),
      respond(wait(["agent_1"], "w3")),
      respond(say("done")),
    ],
    "task one": [respond(say("first")), respond(say("second"))],
  });
  const { outputs } = await play(set, [turnOf("the errand")], () => null);
  expect(outputs.get("w2")).toContain('{"completed":"second"}');
  expect(outputs.get("x")).toBe('{"status":{"agent_1":{"completed":"second"}}}');
  expect(outputs.get("w3")).toContain('"agent_1":"not_found"');
});

test("an agent starts none, and a ninth at once has to wait", async () => {
  const nine = Array.from({ length: 9 }, (_, at) => spawn({ message: "slow task" }, `s${at}`));
  using set = await staged({
    "the errand": [respond(...nine), respond(spawn({ message: "own task" }, "o")), respond(say("done"))],
    "slow task": endless(() => respond(call("exec_command", { cmd: "sleep 600", login: false }, "c"))) as never,
  });
  const { outputs } = await play(set, [turnOf("the errand")], () => null);
  expect(outputs.get("s7")).toContain("agent_8");
  expect(outputs.get("s8")).toContain("8 agents work already");
  using child = await staged({
    "the errand": [respond(spawn({ message: "own task" }, "a")), respond(wait(["agent_1"])), respond(say("done"))],
    "own task": [
      respond(spawn({ message: "deeper" }, "d")),
      ({ raw }) => respond(say(raw.includes("cannot start agents of its own") ? "it was told" : "it was not")),
    ],
  });
  const played = await play(child, [turnOf("the errand")], () => null);
  expect(played.outputs.get("w")).toContain("it was told");
});

describe("kinds that files define", () => {
  const agents = [
    { name: "reader", description: "Reads.", instructions: "Only look.", model: "small", read_only: true },
  ];
  test("have their instructions, their model, and no more rights than they say", async () => {
    using set = await staged(
      {
        "the errand": [
          respond(spawn({ message: "look around", agent_type: "reader" }, "a")),
          respond(wait(["agent_1"])),
          respond(spawn({ message: "x", agent_type: "nobody" }, "b")),
          respond(say("done")),
        ],
        "look around": [
          respond(call("exec_command", { cmd: "echo x > made", login: false }, "c")),
          respond(say("seen")),
        ],
      },
      { agents },
    );
    const { events, outputs } = await play(set, [turnOf("the errand")], () => ({ type: "denied" }));
    const [started] = ofChildren(events).filter((event) => event.type === "turn.started");
    expect(started).toMatchObject({ context: { model: "small", sandbox_mode: "read-only" } });
    expect(existsSync(set.project.path("made"))).toBe(false);
    expect(outputs.get("b")).toBe("there is no kind of agent nobody; there are: reader");
    const bodies = set.server.requests.map(({ raw }) => raw);
    expect(bodies.filter((raw) => raw.includes("Only look."))).toHaveLength(2);
    expect(bodies[0]).toContain("- reader: Reads.");
  });
});

test("no agent has more than its thread, whatever is asked for", async () => {
  const modes = ["read-only", "workspace-write", "danger-full-access"] as const;
  const order = (mode: string) => modes.indexOf(mode as (typeof modes)[number]);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...modes),
      fc.constantFrom("read-only", "workspace-write", null),
      fc.boolean(),
      fc.constantFrom(null, 50, 5000),
      async (sandbox_mode, asked, read_only, max_tokens) => {
        const kind = { name: "k", description: "k", instructions: "", model: null, read_only };
        const args = { message: "own task", agent_type: "k", sandbox_mode: asked, max_tokens };
        using set = await staged(
          {
            "the errand": [respond(spawn(args, "a")), respond(wait(["agent_1"])), respond(say("done"))],
            "own task": [respond(say("ok"))],
          },
          {
            sandbox_mode,
            agents: [kind],
            budget: { tokens: 100_000, cost: null, time_ms: null, turns: null, commands: null },
          },
        );
        const { events } = await play(set, [turnOf("the errand")], () => null);
        const [started] = ofChildren(events).filter((event) => event.type === "turn.started");
        if (started?.type !== "turn.started") throw new Error("the agent did not start");
        expect(order(started.context.sandbox_mode)).toBeLessThanOrEqual(order(sandbox_mode));
        if (read_only || asked === "read-only") expect(started.context.sandbox_mode).toBe("read-only");
        const share = ofChildren(events).find((event) => event.type === "budget");
        expect(share === undefined).toBe(max_tokens !== 50);
      },
    ),
    { numRuns: 12 },
  );
});

test("eight at once share one budget, and pass it by one response at most", async () => {
  const eight = Array.from({ length: 8 }, (_, at) => spawn({ message: `busy task` }, `s${at}`));
  const limit = 20_000;
  using set = await staged(
    {
      "the errand": [respond(...eight), ...endless(() => respond(wait(["agent_1", "agent_8"])))],
      "busy task": endless(() => respond(call("update_plan", { plan: [{ step: "x", status: "pending" }] }, "p"))),
    } as never,
    { budget: { tokens: limit, cost: null, time_ms: null, turns: null, commands: null } },
  );
  const { events } = await play(set, [turnOf("the errand")], () => null);
  expect(events.some((event) => event.type === "budget")).toBe(true);
  // A scripted response counts 1,000 tokens in and 50 out.
  expect(set.server.requests.length * 1050).toBeLessThanOrEqual(limit + 1050);
});
