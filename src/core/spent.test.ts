// What a turn took: time, and money where the price of the model is known.
import { expect, test } from "bun:test";
import { modelInfo } from "../model/index.ts";
import type { Event } from "../protocol/index.ts";
import { call, respond, say } from "../testkit/index.ts";
import { play, stage, turnOf } from "./harness.suite.ts";

const script = () => [
  respond(call("exec_command", { cmd: "echo x", login: false }, "c")),
  respond(say("done")),
  respond(say("more")),
];
const ends = (events: Event[]) => events.flatMap((event) => (event.type === "turn.completed" ? [event] : []));
const price = { input: 1, cached_input: 0.5, cache_write: 1, output: 10 };

test("each turn says its own cost and time, and each command its time", async () => {
  let now = 0;
  using set = await stage(script(), {
    services: { modelInfo: async (model) => ({ ...modelInfo(model), price }), now: () => (now += 10) },
  });
  const { events } = await play(set, [turnOf("a"), turnOf("b")], () => null);
  const [first, second] = ends(events);
  // 400 plain and 600 cached tokens in, 50 out, for a million tokens each: twice, then once.
  const one = (400 * 1 + 600 * 0.5 + 50 * 10) / 1e6;
  expect(first?.cost_usd).toBeCloseTo(2 * one, 12);
  expect(second?.cost_usd).toBeCloseTo(one, 12);
  expect(first?.duration_ms).toBeGreaterThan(0);
  const command = events.find((event) => event.type === "item.completed" && event.item.type === "command_execution");
  expect(command).toMatchObject({ duration_ms: expect.any(Number) });
});

test("without a price there is no cost", async () => {
  using set = await stage(script());
  const { events } = await play(set, [turnOf("a")], () => null);
  expect(ends(events)[0]).not.toHaveProperty("cost_usd");
});
