// Plan mode: what the model is told, how it hands its plan over, and what the thread goes back to.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import type { LiveProcess } from "../process/index.ts";
import { carryOut, type Event, type Op, type TurnContext } from "../protocol/index.ts";
import { call, respond, say } from "../testkit/index.ts";
import { said, setOf, tool } from "./call/tools.suite.ts";
import { play, stage, turnOf } from "./harness.suite.ts";
import { withPlan } from "./index.ts";
import { inPlan } from "./plan-mode.ts";

const run = (cmd: string, id: string, more: object = {}) => call("exec_command", { cmd, login: false, ...more }, id);
const planned = (text: string): Op => ({ ...turnOf(text), overrides: { plan: true } }) as Op;
const handover = (plan: string, id = "p") => call("exit_plan_mode", { plan }, id);
const contexts = (events: Event[]): TurnContext[] =>
  events.flatMap((event) => (event.type === "turn.started" ? [event.context] : []));
const plans = (events: Event[]) =>
  events.flatMap((event) => (event.type === "item.completed" && event.item.type === "plan" ? [event.item.text] : []));

describe("the settings", () => {
  test("go and come back as they were, whatever is changed meanwhile", async () => {
    using set = await stage([respond(say("a")), respond(say("b")), respond(say("c")), respond(say("d"))], {
      settings: { approval_policy: "untrusted", free_patches: true },
    });
    const changed: Op = { ...turnOf("2"), overrides: { sandbox_mode: "danger-full-access" } } as Op;
    const { events } = await play(
      set,
      [turnOf("0"), planned("1"), changed, { ...turnOf("3"), overrides: { plan: false } } as Op],
      () => null,
    );
    const open = { approval_policy: "untrusted", sandbox_mode: "workspace-write" } as const;
    const closed = { approval_policy: "never", sandbox_mode: "read-only" } as const;
    expect(contexts(events)).toMatchObject([
      open,
      { ...closed, after_plan: open },
      { ...closed, after_plan: { ...open, sandbox_mode: "danger-full-access" } },
      { ...open, sandbox_mode: "danger-full-access" },
    ]);
    expect([0, 3].map((at) => contexts(events)[at]?.after_plan)).toEqual([undefined, undefined]);
    expect(set.thread.settings).toMatchObject({ free_patches: true, granular: null });
  });

  test("are the same after entering twice", () => {
    const settings = { approval_policy: "on-request", granular: null, free_patches: false, sandbox_mode: "external" };
    const once = withPlan(settings as never, true);
    expect(withPlan(once, true)).toEqual(once);
    expect(inPlan(once)).toBe(true);
    expect(withPlan(once, false)).toEqual(settings as never);
  });

  test("a thread that found tampering asks again after the plan, too", async () => {
    using set = await stage([respond(say("a")), respond(say("b"))]);
    const { thread } = set;
    thread.submit({ type: "settings", changes: { plan: true } });
    thread.parts.tighten();
    expect(thread.settings).toMatchObject({ approval_policy: "never", after_plan: { approval_policy: "untrusted" } });
  });
});

describe("the plan", () => {
  test("ends the turn, with the outputs of the calls beside it", async () => {
    using set = await stage([respond(run("echo seen", "c"), handover("# Steps\n1. look")), respond(say("unused"))]);
    const { events } = await play(set, [planned("plan it")], () => null);
    expect(plans(events)).toEqual(["# Steps\n1. look"]);
    expect(set.server.requests).toHaveLength(1);
    expect(set.thread.parts.conversation.openCalls()).toEqual([]);
    expect(events.filter(({ type }) => type === "turn.completed")).toHaveLength(1);
  });

  test("carried out: the thread gets back what it had, and the model the plan", async () => {
    using set = await stage([respond(handover("write it")), respond(run("echo x > made", "c")), respond(say("done"))]);
    const { events } = await play(set, [planned("plan it"), carryOut("write it twice")], () => null);
    expect(existsSync(set.project.path("made"))).toBe(true);
    expect(contexts(events)[1]).toEqual(expect.not.objectContaining({ after_plan: expect.anything() }));
    expect(set.server.requests[1]?.raw).toContain("write it twice");
    expect(set.server.requests[1]?.raw).toContain("plan mode is over");
  });

  test("may stand between the marks that other models put around it", async () => {
    using set = await stage([respond(say("Here:\n<proposed_plan>\n1. look\n</proposed_plan>\n"))]);
    expect(plans((await play(set, [planned("x")], () => null)).events)).toEqual(["1. look"]);
    using other = await stage([respond(say("<proposed_plan>\n1. look\n</proposed_plan>"))]);
    expect(plans((await play(other, [turnOf("x")], () => null)).events)).toEqual([]);
  });

  test("out of plan mode there is none to hand over, and the work goes on", async () => {
    using set = await stage([respond(handover("x")), respond(say("done"))]);
    const { events, outputs } = await play(set, [turnOf("x")], () => null);
    expect(plans(events)).toEqual([]);
    expect(outputs.get("p")).toContain("not in plan mode");
  });

  test("that is empty goes back to the model", async () => {
    using set = await stage([respond(handover(" ")), respond(handover("1. look", "q"))]);
    expect(plans((await play(set, [planned("x")], () => null)).events)).toEqual(["1. look"]);
  });
});

test("the model is told once when it begins, and once when it is over", async () => {
  using set = await stage([0, 1, 2, 3].map(() => respond(say("ok"))));
  const out = { ...turnOf("out"), overrides: { plan: false } } as Op;
  await play(set, [turnOf("before"), planned("in"), turnOf("still"), out], () => null);
  const count = (at: number, text: string) => (set.server.requests[at]?.raw ?? "").split(text).length - 1;
  expect([0, 1, 2, 3].map((at) => count(at, "you are in plan mode"))).toEqual([0, 1, 1, 1]);
  expect([0, 1, 2, 3].map((at) => count(at, "plan mode is over, and"))).toEqual([0, 0, 0, 1]);
  const tools = set.server.requests.map(({ body }) => JSON.stringify((body as { tools: unknown }).tools));
  expect(new Set(tools).size).toBe(1);
});

test("programs that run on are stopped where it begins, before its turn says anything", async () => {
  const started: LiveProcess[] = [];
  const open = tool("open", async (_args, context) => {
    const program = await context.start({
      argv: ["/bin/sleep", "1000"],
      cwd: context.cwd,
      io: "pipes",
      on_output: () => null,
    });
    if (program.ok) started.push(program.process);
    return said("open");
  });
  let running = -1;
  const ask = () => {
    running = set.thread.running_programs.length;
    return respond(say("ok"));
  };
  using set = await stage([respond(call("open", {}, "a")), respond(say("opened")), ask], {
    services: { tools: setOf({ open }) },
  });
  await play(set, [turnOf("start it"), planned("plan")], () => null);
  expect(running).toBe(0);
  expect(started).toHaveLength(1);
  expect(await started[0]?.ended).toMatchObject({ stopped: true });
});
