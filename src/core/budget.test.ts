// Budgets, with a clock that stands still.
import { expect, test } from "bun:test";
import { modelInfo } from "../model/index.ts";
import { Budget, costOf, NO_LIMITS } from "./budget.ts";

const usage = (input_tokens: number, output_tokens: number, cached_input_tokens = 0) => ({
  input_tokens,
  cached_input_tokens,
  cache_write_input_tokens: 0,
  output_tokens,
  reasoning_output_tokens: 0,
});
const luna = modelInfo("gpt-6-luna");
const still = () => 0;

test("without limits nothing is cut", () => {
  expect(new Budget(NO_LIMITS, still).beforeRequest(1e9, luna)).toEqual({ max_output_tokens: null });
});

test("tokens: the answer gets what is left after the input; too little is none", () => {
  const budget = new Budget({ ...NO_LIMITS, tokens: 10_000 }, still);
  expect(budget.beforeRequest(2000, luna)).toEqual({ max_output_tokens: 8000 });
  budget.charge(usage(2000, 500), luna);
  expect(budget.beforeRequest(3000, luna)).toEqual({ max_output_tokens: 4500 });
  expect(budget.beforeRequest(7400, luna)).toEqual({ what: "tokens", limit: 10_000, used: 2500 });
});

test("cost: the worst case is an input that is not cached", () => {
  const budget = new Budget({ ...NO_LIMITS, cost: 0.01 }, still);
  // 40,000 tokens at 0.125 (cache write) are 0.005 dollars; the rest pays for 10,000 tokens at 0.5.
  const room = budget.beforeRequest(40_000, luna);
  expect("max_output_tokens" in room && room.max_output_tokens).toBeWithin(9_999, 10_001);
  budget.charge(usage(40_000, 5000), luna);
  expect(budget.beforeRequest(40_000, luna)).toMatchObject({ what: "cost", limit: 0.01, used: 0.0065 });
});

test("cost: an unknown price pays for nothing", () => {
  const budget = new Budget({ ...NO_LIMITS, cost: 1 }, still);
  expect(budget.beforeRequest(1, modelInfo("local"))).toMatchObject({ what: "cost" });
});

test("costOf: cached input is cheaper, a long request dearer as a whole", () => {
  const price = { input: 2, cached_input: 0.5, cache_write: 2.5, output: 10 };
  expect(costOf(usage(1_000_000, 100_000, 400_000), price)).toBeCloseTo(1.2 + 0.2 + 1, 9);
  const long = { above_tokens: 200_000, input_factor: 2, output_factor: 1.5 };
  expect(costOf(usage(1_000_000, 100_000, 400_000), { ...price, long })).toBeCloseTo(2 * 1.4 + 1.5, 9);
});

test("time, requests, commands", () => {
  let now = 100;
  const budget = new Budget({ ...NO_LIMITS, time_ms: 1000, turns: 1, commands: 0 }, () => now);
  expect(budget.timeLeft()).toBe(1000);
  expect(budget.beforeCommand()).toEqual({ what: "commands", limit: 0, used: 0 });
  expect(budget.beforeRequest(1, luna)).toEqual({ max_output_tokens: null });
  expect(budget.beforeRequest(1, luna)).toEqual({ what: "turns", limit: 1, used: 1 });
  now = 5000;
  expect(budget.timeLeft()).toBe(0);
  expect(budget.timeStop()).toEqual({ what: "time", limit: 1000, used: 4900 });
});
