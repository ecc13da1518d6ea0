// What compaction keeps, and how tokens are estimated.
import { describe, expect, test } from "bun:test";
import type { HistoryItem, MessageItem } from "../../protocol/index.ts";
import { splitHistory } from "./compact.ts";
import { ContextMeter, historyTokens, itemTokens } from "./tokens.ts";

const message = (role: MessageItem["role"], text: string): HistoryItem => ({
  type: "message",
  role,
  content: [{ type: role === "assistant" ? "output_text" : "input_text", text }],
});
const rules = message("developer", "rules");
const agents = message("user", "# AGENTS.md");
const environment = message("user", "<environment_context>\n</environment_context>");
const [a, b, said] = [message("user", "a"), message("user", "b"), message("assistant", "said")];

describe("splitHistory", () => {
  const cases: [string, HistoryItem[], [number, number, number]][] = [
    ["a whole turn", [rules, agents, environment, a, said], [3, 2, 0]],
    ["a question that nobody answered", [rules, agents, environment, a, said, b], [3, 2, 1]],
    ["nothing but questions", [agents, environment, a, b], [2, 0, 2]],
    ["an environment that changed later is no opening", [environment, a, said, environment, b], [1, 2, 2]],
    ["no environment: the developer's messages", [rules, a, said], [1, 2, 0]],
    ["an environment that comes after an answer is no opening", [a, said, environment], [0, 2, 1]],
    ["nothing", [], [0, 0, 0]],
  ];
  test.each(cases)("%s", (_, items, lengths) => {
    const { opening, body, tail } = splitHistory(items);
    expect([opening.length, body.length, tail.length]).toEqual(lengths);
    expect([...opening, ...body, ...tail]).toEqual(items);
  });
});

describe("tokens", () => {
  test("text counts by its bytes, an image as an image", () => {
    expect(itemTokens(message("user", "x".repeat(400)))).toBe(104);
    expect(itemTokens(message("user", "ä".repeat(400)))).toBe(204);
    const url = `data:image/png;base64,${"A".repeat(1_000_000)}`;
    const image: HistoryItem = { type: "message", role: "user", content: [{ type: "input_image", image_url: url }] };
    expect(itemTokens(image)).toBe(1604);
  });

  test("the meter: estimated with what is beside the history, then counted, then the count and what came after", () => {
    const meter = new ContextMeter([a, said]);
    expect(meter.tokens(1000)).toBe(1000 + historyTokens([a, said]));
    meter.count({
      input_tokens: 5000,
      cached_input_tokens: 4000,
      cache_write_input_tokens: 0,
      output_tokens: 70,
      reasoning_output_tokens: 20,
    });
    expect(meter.tokens(1000)).toBe(5070);
    meter.add(b);
    expect(meter.tokens(1000)).toBe(5070 + itemTokens(b));
    meter.replace([a]);
    expect(meter.tokens(1000)).toBe(1000 + itemTokens(a));
    expect([meter.news(1000), meter.news(1000)]).toEqual([1000 + itemTokens(a), null]);
  });
});
