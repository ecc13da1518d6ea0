import { expect, test } from "bun:test";
import type { Item } from "../protocol/index.ts";
import { Stopwatch } from "./stopwatch.ts";

const command: Item = {
  id: "item_0",
  type: "command_execution",
  command: "x",
  aggregated_output: "",
  exit_code: 0,
  status: "completed",
};
const message: Item = { id: "item_1", type: "agent_message", text: "hi" };
const usage = {
  input_tokens: 0,
  cached_input_tokens: 0,
  cache_write_input_tokens: 0,
  output_tokens: 0,
  reasoning_output_tokens: 0,
};

test("what ends says how long it took, where that is known and worth knowing", () => {
  let now = 0;
  const watch = new Stopwatch(() => now);
  const context = {} as never;
  watch.timed({ type: "turn.started", turn_id: "t", context });
  for (const item of [command, message]) watch.timed({ type: "item.started", item });
  now = 1234.6;
  const ends = [command, message].map((item) => watch.timed({ type: "item.completed", item }));
  expect(ends).toEqual([
    { type: "item.completed", item: command, duration_ms: 1235 },
    { type: "item.completed", item: message },
  ]);
  expect(watch.timed({ type: "item.completed", item: command })).toEqual({ type: "item.completed", item: command });
  const counts = { turn_id: "t", usage, turn_usage: usage };
  expect(watch.timed({ type: "turn.completed", ...counts })).toMatchObject({ duration_ms: 1235 });
  expect(watch.timed({ type: "turn.completed", ...counts })).not.toHaveProperty("duration_ms");
});

test("what was recorded keeps the time that it took then", () => {
  const watch = new Stopwatch(() => 5);
  watch.timed({ type: "item.started", item: command });
  expect(watch.timed({ type: "item.completed", item: command, duration_ms: 70 })).toMatchObject({ duration_ms: 70 });
});
