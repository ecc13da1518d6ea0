import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../protocol/index.ts";
import { refusedPart, withoutParts } from "./refused.ts";

const left = (message: string, body: JsonObject) => {
  const name = refusedPart(message, body);
  return name === undefined ? undefined : withoutParts(body, new Set([name]));
};

describe("what is left out for a refusal", () => {
  test.each([
    ["unknown field `store`, expected one of `model`, `messages`", "store"],
    ['json: unknown field "verbosity"', "verbosity"],
    ["verbosity is unknown", "verbosity"],
    ["store=False is not supported", "store"],
    ["Unsupported value (reasoning)", "reasoning"],
    ["Completions.create() got an unexpected keyword argument 'stream_options'", "stream_options"],
    ["Stream options can only be defined when `stream=True`.", "stream_options"],
    ['{"detail":[{"loc":["body","reasoning_effort"],"msg":"Extra inputs are not permitted"}]}', "reasoning_effort"],
    ["openai does not support parameters: ['parallel_tool_calls'], for model=x", "parallel_tool_calls"],
    ['"m" does not support thinking', "reasoning_effort"],
    ["Your organization must be verified to generate reasoning summaries.", "reasoning"],
    ["Invalid value for reasoning_effort: high. Supported: none, default", "reasoning_effort"],
  ])("%s", (message, name) => {
    expect(left(message, { model: "m", [name]: 1 })).toEqual({ model: "m" });
  });

  test("fields in the tools and the system prompt, and nothing of the messages", () => {
    const marked = [{ type: "text", text: "a", cache_control: {} }];
    const body = { system: marked, tools: [{ name: "t", strict: false }], messages: [{ content: marked }] };
    expect(left("system.0.cache_control: Extra inputs are not permitted", body)).toEqual({
      ...body,
      system: [{ type: "text", text: "a" }],
    });
    expect(left("tools[0].strict: unknown field", body)).toEqual({ ...body, tools: [{ name: "t" }] });
  });

  test("a limit under another name", () => {
    const message =
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
    expect(left(message, { max_tokens: 5 })).toEqual({ max_completion_tokens: 5 });
    // The Messages wire demands it.
    expect(left("max_tokens: Field required", { max_tokens: 5 })).toBeUndefined();
  });

  test("the system role, where a template has none", () => {
    const system = { role: "system", content: "rules" };
    for (const message of [
      "System role not supported",
      "Conversation roles must alternate user/assistant/user/assistant/...",
    ])
      expect(left(message, { messages: [system, { role: "user", content: "hi" }] })).toEqual({
        messages: [{ role: "user", content: "rules\n\nhi" }],
      });
    const parts = [{ type: "text", text: "hi" }];
    expect(left("System role not supported", { messages: [system, { role: "user", content: parts }] })).toEqual({
      messages: [{ role: "user", content: [{ type: "text", text: "rules" }, ...parts] }],
    });
    expect(left("System role not supported", { messages: [{ role: "user", content: "hi" }] })).toBeUndefined();
  });

  test("the system prompt in blocks", () => {
    const system = [
      { type: "text", text: "a" },
      { type: "text", text: "b" },
    ];
    expect(left("system: Input should be a valid string", { system })).toEqual({ system: "a\n\nb" });
  });

  test.each(["text is too long", "the store is closed", "please include your thinking", "model `m` not found"])(
    "nothing: %s",
    (message) => {
      expect(refusedPart(message, { text: {}, store: false, include: [], thinking: {}, model: "m" })).toBeUndefined();
    },
  );
});
