// An independent check: a scripted server that others wrote, from its own reading of the three APIs.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { LLMock } from "@copilotkit/aimock";
import { createClient } from "../client.ts";
import type { ModelEvent, ModelRequest, ProviderSettings, ToolSpec } from "../contract.ts";
import { collect, INSTANT, providerFor, REQUEST } from "../setup.suite.ts";

const WEATHER: ToolSpec = {
  type: "function",
  name: "get_weather",
  description: "Weather of a city.",
  parameters: { type: "object", properties: { city: { type: "string" } } },
};
const mock = new LLMock({ port: 0, logLevel: "silent" });
const ask = (text: string): ModelRequest => ({
  ...REQUEST,
  tools: [WEATHER],
  input: [{ type: "message", role: "user", content: [{ type: "input_text", text }] }],
});

beforeAll(async () => {
  mock.onMessage("hello", { content: "Hi there, how can I help you today?" });
  mock.onMessage("weather", {
    toolCalls: [
      { name: "get_weather", arguments: '{"city":"Zürich"}' },
      { name: "get_weather", arguments: '{"city":"Bern"}' },
    ],
  });
  mock.onMessage("think", { content: "42", reasoning: "Let me count." });
  mock.onMessage("busy", { error: { message: "Slow down", type: "rate_limit_error" }, status: 429 });
  await mock.start();
});
afterAll(() => mock.stop());

describe.each([
  ["responses", "gpt-5.5"],
  ["chat", "gpt-5.5"],
  ["anthropic", "claude-sonnet-5"],
] as [ProviderSettings["wire_api"], string][])("%s against aimock", (wire_api, model) => {
  const run = async (text: string): Promise<ModelEvent[]> => {
    const settings = providerFor({ url: `${mock.url}/v1` }, { wire_api, request_max_retries: 1 });
    const client = await createClient(settings, INSTANT);
    return collect(client.stream({ ...ask(text), model }, new AbortController().signal));
  };
  const items = (events: ModelEvent[]) => events.flatMap((event) => (event.type === "item" ? [event.item] : []));

  test("text", async () => {
    const events = await run("hello");
    expect(items(events).filter((item) => item.type === "message")).toMatchObject([
      { type: "message", content: [{ text: "Hi there, how can I help you today?" }] },
    ]);
    expect(events.at(-1)?.type).toBe("completed");
  });

  test("parallel tool calls", async () => {
    const calls = items(await run("weather")).filter((item) => item.type === "function_call");
    expect(calls.map((call) => JSON.parse(call.arguments))).toEqual([{ city: "Zürich" }, { city: "Bern" }]);
    expect(new Set(calls.map((call) => call.call_id)).size).toBe(2);
  });

  test("reasoning", async () => {
    const events = await run("think");
    const reasoning = events.map((event) => (event.type === "delta" && event.kind === "reasoning" ? event.delta : ""));
    expect(reasoning.join("")).toBe("Let me count.");
    expect(items(events).map((item) => item.type)).toEqual(["reasoning", "message"]);
  });

  test("an error is classified, tried again as often as it may be, and reported in the server's words", async () => {
    const events = await run("busy");
    expect(events.map((event) => event.type)).toEqual(["retrying", "failed"]);
    expect(events.at(-1)).toMatchObject({
      error: { kind: "rate_limited", status: 429, message: expect.stringContaining("Slow down") },
    });
  });
});
