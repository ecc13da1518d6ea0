// Settings that change without a turn.
import { expect, test } from "bun:test";
import type { Event } from "../protocol/index.ts";
import { createGate, respond, say } from "../testkit/index.ts";
import { play, stage, turnOf } from "./harness.suite.ts";

const changed = (events: Event[]) =>
  events.flatMap((event) => (event.type === "settings.changed" ? [event.context] : []));
const models = (events: Event[]) =>
  events.flatMap((event) => (event.type === "turn.started" ? [event.context.model] : []));

test("between two turns they count at once, are told, and hold from then on", async () => {
  using set = await stage([respond(say("one")), respond(say("two")), respond(say("three"))]);
  set.thread.submit({ type: "settings", changes: { model: "first" } });
  expect(set.thread.settings.model).toBe("first");
  const { events } = await play(set, [turnOf("a"), turnOf("b")], () => null);
  expect(changed(events)).toEqual([expect.objectContaining({ model: "first" })]);
  expect(models(events)).toEqual(["first", "first"]);
  expect(set.server.requests.map(({ body }) => (body as { model: string }).model)).toEqual(["first", "first"]);
});

test("while a turn runs they wait for its end, and reach the turn that was asked for after them", async () => {
  const gate = createGate();
  using set = await stage([[{ wait: gate }, ...respond(say("one"))], respond(say("two"))]);
  gate.reached.then(() => {
    set.thread.submit({ type: "settings", changes: { model: "next", sandbox_mode: "read-only" } });
    expect(set.thread.settings.model).toBe("scripted");
    gate.open();
  });
  const { events } = await play(set, [turnOf("a"), turnOf("b")], () => null);
  expect(models(events)).toEqual(["scripted", "next"]);
  expect(set.server.requests[1]?.raw).toContain("read-only: files can be read");
});

test("what the administrator does not allow of them is said and left out", async () => {
  const [sandbox_mode, approval_policy] = ["read-only", "never"] as const;
  const administrator = {
    restrict: () => ({ sandbox_mode, approval_policy, notes: ["the machine is read-only"] }),
    no_network: null,
  };
  using set = await stage([respond(say("one"))], { services: { administrator } });
  set.thread.submit({ type: "settings", changes: { sandbox_mode: "danger-full-access" } });
  const { events } = await play(set, [turnOf("a")], () => null);
  expect(events.slice(1, 3)).toMatchObject([
    { type: "error", message: "the machine is read-only" },
    { type: "settings.changed", context: { sandbox_mode: "read-only" } },
  ]);
});

test("after a shutdown they are without effect", async () => {
  using set = await stage([]);
  set.thread.submit({ type: "shutdown" });
  set.thread.submit({ type: "settings", changes: { model: "late" } });
  const events = await Array.fromAsync(set.thread.events);
  expect(changed(events)).toEqual([]);
  expect(set.thread.settings.model).toBe("scripted");
});

test("a second reader gets what the front end gets, from when it comes", async () => {
  using set = await stage([respond(say("one")), respond(say("two"))]);
  const { thread } = set;
  const reading = Promise.withResolvers<Event[]>();
  thread.submit(turnOf("a"));
  const seen: Event[] = [];
  let turns = 0;
  for await (const event of thread.events) {
    if (turns > 0) seen.push(event);
    if (event.type !== "turn.completed") continue;
    if (turns++ === 0) {
      Array.fromAsync(thread.read()).then(reading.resolve, reading.reject);
      thread.submit(turnOf("b"));
    } else thread.submit({ type: "shutdown" });
  }
  expect(await reading.promise).toEqual(seen);
  expect(seen.at(0)).toMatchObject({ type: "turn.started" });
});
