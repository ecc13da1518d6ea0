import { describe, expect, test } from "bun:test";
import type { HistoryItem } from "../../protocol/index.ts";
import { messagesEvents } from "../../testkit/index.ts";
import { wireContract } from "../contract.suite.ts";
import type { ModelRequest } from "../contract.ts";
import { REQUEST } from "../setup.suite.ts";
import { messagesBody } from "./messages-request.ts";

wireContract({
  wire_api: "anthropic",
  events: messagesEvents,
  model: "claude-sonnet-5",
  replayed_reasoning: '"signature":"encrypted:first then"',
  history: (body) => (body as { messages: unknown[] }).messages,
});

describe("Messages request", () => {
  const body = (model: string, effort: string | null, more: Partial<ModelRequest> = {}) =>
    messagesBody({ ...REQUEST, model, effort, ...more });

  test.each([
    ["claude-opus-5-5", null, { type: "adaptive", display: "summarized" }, undefined],
    ["claude-opus-5-5", "none", { type: "adaptive", display: "summarized" }, { effort: "low" }],
    ["claude-opus-4-6", "high", { type: "adaptive", display: "summarized" }, { effort: "high" }],
    ["claude-sonnet-4-5-20250929", "high", { type: "enabled", budget_tokens: 20_000 }, undefined],
    ["claude-sonnet-4-5", null, undefined, undefined],
    ["claude-3-5-sonnet-latest", "high", undefined, undefined],
  ])("%s with effort %j", (model, effort, thinking, output_config) => {
    expect(body(model, effort)).toMatchObject({ ...(thinking ? { thinking } : {}) });
    expect(body(model, effort).thinking).toEqual(thinking as never);
    expect(body(model, effort).output_config).toEqual(output_config as never);
  });

  test("the cache ends at the last block, and the system prompt has a mark of its own", () => {
    expect(body("claude-opus-5-5", null)).toMatchObject({
      cache_control: { type: "ephemeral" },
      system: [{ text: "You are a test.", cache_control: { type: "ephemeral" } }],
    });
  });

  test("results of parallel calls are one message; developer messages at the start belong to the system prompt", () => {
    const message = (role: "developer" | "user", text: string): HistoryItem => ({
      type: "message",
      role,
      content: [{ type: "input_text", text }],
    });
    const call = (call_id: string, args: string): HistoryItem => ({
      type: "function_call",
      call_id,
      name: "f",
      arguments: args,
    });
    const output = (call_id: string): HistoryItem => ({ type: "function_call_output", call_id, output: "ok" });
    const input = [
      message("developer", "Be brief."),
      message("user", "go"),
      call("a", '{"x":1}'),
      call("b", "not json"),
      output("a"),
      output("b"),
      message("developer", "One more thing."),
    ];
    const { system, messages } = body("claude-opus-5-5", null, { input });
    expect(system).toMatchObject([{ text: "You are a test.\n\nBe brief." }]);
    expect(messages).toEqual([
      { role: "user", content: [{ type: "text", text: "go" }] },
      {
        role: "assistant",
        content: [
          { type: "tool_use", id: "a", name: "f", input: { x: 1 } },
          { type: "tool_use", id: "b", name: "f", input: { malformed_arguments: "not json" } },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "a", content: "ok" },
          { type: "tool_result", tool_use_id: "b", content: "ok" },
          { type: "text", text: "One more thing." },
        ],
      },
    ]);
  });
});
