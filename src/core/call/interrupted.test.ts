// What must survive the moment at which a turn ends early: answers to questions, outputs, the count of what was spent.
import { expect, test } from "bun:test";
import type { HookInput } from "../../config/index.ts";
import { call, respond, responseEvents, say } from "../../testkit/index.ts";
import { play, SILENT, type Stage, stage, turnOf } from "../harness.suite.ts";
import type { Thread } from "../index.ts";

const run = (cmd: string, id: string, more = {}) => call("exec_command", { cmd, login: false, ...more }, id);
const outside = { sandbox_permissions: "require_escalated", justification: "to see" };

/** A hook that is still at work when the user stops the turn, and that is ended with it. */
function interruptedAt(event: HookInput["hook_event_name"], thread: () => Thread) {
  const fire = async ({ hook_event_name }: HookInput, signal: AbortSignal) => {
    if (hook_event_name === event) {
      const over = new Promise((done) => signal.addEventListener("abort", done));
      thread().submit({ type: "interrupt" });
      await over;
    }
    return SILENT;
  };
  return { services: { hooks: { fire } } };
}

test("a question that is asked after the abort is answered with it, and does not wait for a person", async () => {
  using s: Stage = await stage(
    [respond(run("true", "c", outside))],
    interruptedAt("PermissionRequest", () => s.thread),
  );
  const { events, asked } = await play(s, [turnOf("go")], () => null);
  expect(asked.map(({ call_id }) => call_id)).toEqual(["c"]);
  expect(events.find(({ type }) => type === "approval.resolved")).toMatchObject({ decision: { type: "abort" } });
  expect(events.at(-1)).toMatchObject({ type: "turn.failed", error: { kind: "interrupted" } });
});

test("a call whose guard was interrupted does not begin", async () => {
  using s: Stage = await stage(
    [respond(run("touch done", "c"))],
    interruptedAt("PreToolUse", () => s.thread),
  );
  const { events } = await play(s, [turnOf("go")], () => null);
  expect(events.filter(({ type }) => type === "item.started")).toEqual([]);
  expect(events.at(-1)).toMatchObject({ type: "turn.failed", error: { kind: "interrupted" } });
});

test("a hook that ends the turn after a call does not take the call's output, nor that of its neighbours", async () => {
  const fire = async (input: HookInput) => {
    const ends = input.hook_event_name === "PostToolUse" && input.tool_use_id === "b";
    return ends ? { ...SILENT, stop: "enough" } : SILENT;
  };
  using s = await stage([respond(run("echo one", "a"), run("echo two", "b")), respond(say("on"))], {
    services: { hooks: { fire } },
  });
  const { events, outputs } = await play(s, [turnOf("go"), turnOf("and on")], () => null);
  expect(events.find(({ type }) => type === "turn.failed")).toMatchObject({ error: { message: "enough" } });
  expect([outputs.get("a"), outputs.get("b")]).toEqual([
    expect.stringContaining("one"),
    expect.stringContaining("two"),
  ]);
});

test("what a void response cost counts into the budget, each time", async () => {
  // An answer that was cut at what the budget left: 1,000 tokens in and 50 out for nothing.
  const cut = responseEvents([], { type: "incomplete", reason: "max_output_tokens" });
  const settings = { budget: { tokens: 100_000, cost: null, time_ms: null, turns: null, commands: null } };
  using s = await stage([cut, cut], { settings });
  const { events } = await play(s, [turnOf("go"), turnOf("again")], () => null);
  const stops = events.flatMap((event) => (event.type === "budget" ? [[event.what, event.used]] : []));
  expect(stops).toEqual([
    ["tokens", 1050],
    ["tokens", 2100],
  ]);
});
