// A thread that works for a call of another one.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import type { HookInput, HookVerdict } from "../../config/index.ts";
import { type Event, isOfChild, type SettingsChange } from "../../protocol/index.ts";
import { call, createGate, respond, type Script, say, tempProject } from "../../testkit/index.ts";
import type { Tool } from "../../tools/index.ts";
import { play, SILENT, stage, turnOf } from "../harness.suite.ts";
import { builtInTools, type ThreadSettings, withPlan } from "../index.ts";
import type { HookService } from "../settings.ts";
import { said, tool } from "./tools.suite.ts";

const CHILD = "0198a0c0-0000-7000-8000-000000000001";
const run = (cmd: string, id: string) => call("exec_command", { cmd, login: false }, id);

/** A thread that has a tool `delegate` beside those of moat, which hands on a task. */
async function delegating(
  script: Script,
  narrower: SettingsChange = {},
  settings: Partial<ThreadSettings> = {},
  hooks: HookService | null = null,
) {
  const own = builtInTools();
  const run: Tool<string>["run"] = async (prompt, context) => {
    const answer = await context.child({ prompt, ...narrower });
    return said(answer.ok ? `it says: ${answer.text}` : `it failed: ${answer.message}`);
  };
  const delegate = tool("delegate", run, { parallel: true });
  const tools: typeof own = {
    specs: async (model) => [...(await own.specs(model)), ...[delegate.spec(model)].filter((spec) => spec !== null)],
    load: async (name, namespace) => (name === "delegate" ? delegate : own.load(name, namespace)),
  };
  return stage(script, { services: { tools, hooks }, settings });
}
const delegate = (id: string) => call("delegate", { task: "look" }, id);
const ofChild = (events: Event[]) => events.filter((event) => isOfChild(event, "0198a0c0-0000-7000-8000-000000000000"));

test("its answer is the call's, and its events come out of the parent with its id and its own numbers", async () => {
  using set = await delegating([
    respond(delegate("a")),
    respond(run("echo hi", "c")),
    respond(say("all is well")),
    respond(say("done")),
  ]);
  const { events, outputs } = await play(set, [turnOf("the errand")], () => null);
  expect(outputs.get("a")).toBe("it says: all is well");
  const child = ofChild(events);
  expect(child[0]).toMatchObject({ type: "thread.started", thread_id: CHILD });
  expect(child.every(({ thread_id }) => thread_id === CHILD)).toBe(true);
  expect(child.map(({ seq }) => seq)).toEqual(child.map((_, at) => at));
  expect(child.flatMap((event) => (event.type === "item.completed" ? [event.item.type] : []))).toEqual([
    "command_execution",
    "agent_message",
  ]);
  const own = events.filter((event) => !child.includes(event));
  expect(own.map(({ seq }) => seq)).toEqual(own.map((_, at) => at));
  expect(own.filter(({ type }) => type === "turn.completed")).toHaveLength(1);
  expect(set.server.requests[1]?.raw).not.toContain("the errand");
});

describe("hooks", () => {
  const verdict = (more: Partial<HookVerdict>): HookVerdict => ({ ...SILENT, ...more });
  const said = (input: HookInput[], name: HookInput["hook_event_name"]) =>
    input.filter(({ hook_event_name }) => hook_event_name === name);

  test("are told of its beginning and its end, by its parent, and not as of a session", async () => {
    const told: HookInput[] = [];
    const fire = async (input: HookInput) => {
      told.push(input);
      return input.hook_event_name === "SubagentStart" ? verdict({ context: ["mind the step"] }) : null;
    };
    const script = [
      respond(delegate("a")),
      respond(run("echo hi", "c")),
      respond(say("all is well")),
      respond(say("done")),
    ];
    using set = await delegating(script, {}, {}, { fire });
    await play(set, [turnOf("the errand")], () => null);
    expect(told.map(({ hook_event_name }) => hook_event_name)).toEqual([
      ...["SessionStart", "UserPromptSubmit", "PreToolUse", "SubagentStart", "PreToolUse", "PostToolUse"],
      ...["SubagentStop", "PostToolUse", "Stop", "SessionEnd"],
    ] as HookInput["hook_event_name"][]);
    const parent = { session_id: "0198a0c0-0000-7000-8000-000000000000" };
    const agent = { ...parent, agent_id: CHILD, agent_type: "default" };
    expect(said(told, "SubagentStart")[0]).toMatchObject(agent);
    const last_assistant_message = "all is well";
    expect(said(told, "SubagentStop")[0]).toMatchObject({ ...agent, stop_hook_active: false, last_assistant_message });
    expect(set.server.requests.map(({ raw }) => raw.includes("mind the step"))).toEqual([false, true, true, false]);
  });

  test("may keep it from ending, and know that they did", async () => {
    const active: boolean[] = [];
    const fire = async (input: HookInput) => {
      if (input.hook_event_name !== "SubagentStop") return null;
      active.push(input.stop_hook_active);
      return input.stop_hook_active ? null : verdict({ block: true, reason: "look again" });
    };
    const script = [respond(delegate("a")), respond(say("first")), respond(say("second")), respond(say("done"))];
    using set = await delegating(script, {}, {}, { fire });
    const { outputs } = await play(set, [turnOf("go")], () => null);
    expect([outputs.get("a"), active]).toEqual(["it says: second", [false, true]]);
    expect(set.server.requests[2]?.raw).toContain("look again");
  });
});

test("of a thread in plan mode, it is in plan mode, and its plan is the answer", async () => {
  const plan = call("exit_plan_mode", { plan: "1. look" }, "p");
  using set = await delegating(
    [respond(delegate("a")), respond(run("touch made", "c")), respond(plan), respond(say("done"))],
    { sandbox_mode: "danger-full-access", approval_policy: "untrusted" },
    withPlan({ approval_policy: "on-request", sandbox_mode: "danger-full-access" } as ThreadSettings, true),
  );
  const { asked, outputs } = await play(set, [turnOf("plan it")], () => ({ type: "approved" }));
  expect(outputs.get("a")).toBe("it says: 1. look");
  expect([asked, existsSync(set.project.path("made"))]).toEqual([[], false]);
});

describe("it has no more than its parent", () => {
  const modes = async (narrower: SettingsChange, settings: Partial<ThreadSettings>) => {
    using set = await delegating(
      [respond(delegate("a")), respond(say("ok")), respond(say("done"))],
      narrower,
      settings,
    );
    const { events } = await play(set, [turnOf("go")], () => null);
    const [started] = ofChild(events).filter((event) => event.type === "turn.started");
    return started?.type === "turn.started" && [started.context.sandbox_mode, started.context.approval_policy];
  };

  test("what would be wider is without effect", async () => {
    const wider = { sandbox_mode: "danger-full-access", approval_policy: "never" } as const;
    const parent = { sandbox_mode: "read-only", approval_policy: "untrusted" } as const;
    expect(await modes(wider, parent)).toEqual(["read-only", "untrusted"]);
  });

  test("what is narrower counts, and what is not said is the parent's", async () => {
    expect(await modes({ sandbox_mode: "read-only" }, {})).toEqual(["read-only", "on-request"]);
  });

  test("the kernel holds it to that, and not the parent", async () => {
    using set = await delegating(
      [
        respond(delegate("a")),
        respond(run("touch child", "c")),
        respond(say("ok")),
        respond(run("touch parent", "p")),
        respond(say("done")),
      ],
      { sandbox_mode: "read-only" },
    );
    await play(set, [turnOf("go")], () => ({ type: "denied" }));
    expect([existsSync(set.project.path("child")), existsSync(set.project.path("parent"))]).toEqual([false, true]);
  });
});

test("its question reaches the person, and the answer reaches it, whatever the parent's calls are named", async () => {
  using out = tempProject();
  using set = await delegating([
    respond(delegate("same")),
    respond(run(`touch ${out.path("a")}`, "same")),
    respond(say("ok")),
    respond(say("done")),
  ]);
  const { asked } = await play(set, [turnOf("go")], () => ({ type: "approved" }));
  expect(asked).toHaveLength(1);
  expect(existsSync(out.path("a"))).toBe(true);
});

test("an interrupt ends it with its parent's turn", async () => {
  const gate = createGate();
  using set = await delegating([respond(delegate("a")), [{ wait: gate }, ...respond(say("never"))]]);
  gate.reached.then(() => set.thread.submit({ type: "interrupt" }));
  const { events } = await play(set, [turnOf("go")], () => null);
  gate.open();
  const ends = events.flatMap((event) => (event.type === "turn.failed" ? [event.error.kind] : []));
  expect(ends).toEqual(["interrupted", "interrupted"]);
});

test("what it uses up counts in its parent's budget", async () => {
  using set = await delegating(
    [respond(delegate("a")), respond(run("true", "c")), respond(say("ok")), respond(say("done"))],
    {},
    { budget: { tokens: null, cost: null, time_ms: null, turns: 2, commands: null } },
  );
  const { events } = await play(set, [turnOf("go")], () => null);
  const failed = events.flatMap((event) => (event.type === "turn.failed" ? [event.error.kind] : []));
  expect(failed).toEqual(["budget", "budget"]);
  expect(set.server.requests).toHaveLength(2);
});

test("two side by side cannot both use up what is left of a budget: they take turns", async () => {
  const gate = createGate();
  const tokens = 30_000;
  using set = await delegating(
    [
      respond(delegate("a"), delegate("b")),
      [{ wait: gate }, ...respond(say("one"))],
      respond(say("two")),
      respond(say("done")),
    ],
    {},
    { budget: { tokens, cost: null, time_ms: null, turns: null, commands: null } },
  );
  gate.reached.then(async () => {
    // The other has long been started: it would have asked by now.
    await Bun.sleep(100);
    expect(set.server.requests).toHaveLength(2);
    gate.open();
  });
  const { outputs } = await play(set, [turnOf("go")], () => null);
  expect([outputs.get("a"), outputs.get("b")].sort()).toEqual(["it says: one", "it says: two"]);
});

test("what went wrong with it is told", async () => {
  using failing = await delegating([
    respond(delegate("a")),
    { status: 400, body: { error: { message: "no such thing" } } },
    respond(say("done")),
  ]);
  const { events, outputs } = await play(failing, [turnOf("go")], () => null);
  expect(outputs.get("a")).toMatch(/^it failed: .*no such thing/);
  expect(events.at(-1)?.type).not.toBe("turn.failed");
});

test("a thread that works for it comes out under its own id as well", async () => {
  using set = await delegating([
    respond(delegate("a")),
    respond(delegate("b")),
    respond(say("deepest")),
    respond(say("middle")),
    respond(say("done")),
  ]);
  const { events, outputs } = await play(set, [turnOf("go")], () => null);
  expect(outputs.get("a")).toBe("it says: middle");
  const speakers = events.flatMap((event) =>
    event.type === "item.completed" && event.item.type === "agent_message" ? [[event.thread_id, event.item.text]] : [],
  );
  expect(speakers).toEqual([
    ["0198a0c0-0000-7000-8000-000000000002", "deepest"],
    [CHILD, "middle"],
    [undefined, "done"],
  ]);
});

test("a call that was handed on leaves nothing on the signal of its turn", async () => {
  const heard: Record<string, unknown[]> = { added: [], removed: [] };
  const own = builtInTools();
  const watching = tool("delegate", async (prompt, context) => {
    const { signal } = context;
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      heard.added?.push(args[1]);
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      if (args[0] === "abort") heard.removed?.push(args[1]);
      remove(...args);
    };
    await context.child({ prompt });
    return said("ok");
  });
  const tools = { specs: own.specs, load: async (name: string) => (name === "delegate" ? watching : null) };
  using set = await stage([respond(delegate("a")), respond(say("ok")), respond(say("done"))], { services: { tools } });
  await play(set, [turnOf("go")], () => null);
  expect(heard.added).toHaveLength(1);
  expect(heard.removed).toEqual(heard.added ?? []);
});
