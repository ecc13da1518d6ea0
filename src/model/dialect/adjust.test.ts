import { describe, expect, test } from "bun:test";
import { REQUEST } from "../setup.suite.ts";
import { adjusted, learnFrom, limitsOf, nothingLearned, recalled, withoutRefused } from "./adjust.ts";

const fresh = () => nothingLearned({ base_url: "http://127.0.0.1/v1" });
const learn = (message: string, body: object) => {
  const learned = fresh();
  return { said: learnFrom(message, REQUEST, body as never, learned), learned };
};

describe("what a refusal is about", () => {
  test.each([
    ["Unrecognized request argument supplied: reasoning_effort", "reasoning_effort"],
    ["Extra inputs are not permitted: stream_options", "stream_options"],
    ["stream_options: Extra inputs are not permitted", "stream_options"],
    ["response_format json_schema is not supported by this model", "response_format"],
    ["This model does not support parallel tool calls", "parallel_tool_calls"],
    ["Unsupported parameter: 'reasoning.effort' is not supported with this model.", "reasoning"],
    ["Unknown parameter: 'store'.", "store"],
    ["property 'verbosity' is unsupported", "verbosity"],
    ["cache_control: Extra inputs are not permitted", "cache_control"],
    ["thinking.type: Input should be 'enabled' or 'disabled'", "thinking"],
    ["Unsupported value: 'flex' for service_tier", "service_tier"],
  ])("%s", (message, field) => {
    const { said, learned } = learn(message, { model: "m", [field]: 1 });
    expect(said).toContain(field);
    expect([...learned.omit]).toEqual([field]);
    expect(withoutRefused({ model: "m", [field]: 1 }, learned)).toEqual({ model: "m" });
  });

  test.each([
    "model not found",
    "the file store is full",
    "please include a question",
    "I was thinking of a number",
    "messages.0.content: Input should be a valid string",
    "No endpoints found that support tool use",
  ])("nothing that can be left out: %s", (message) => {
    const body = { model: "m", messages: [], store: false, include: [], thinking: {}, reasoning: {}, text: {} };
    expect(learn(message, body).said).toBeNull();
  });

  test("a field that was not sent was not refused", () => {
    expect(learn("Unknown parameter: 'store'.", { model: "m" }).said).toBeNull();
  });

  test.each([
    ["max_tokens: 32000 > 8192, which is the maximum allowed number of output tokens", 8192],
    ["max_tokens is too large: 32000. This model supports at most 4096 completion tokens", 4096],
    ["Invalid max_tokens value, the valid range of max_tokens is [1, 8192]", 8192],
    ["Range of max_tokens should be [1, 4096]", 4096],
    ["max_tokens must be less than or equal to `4096`, the maximum value for `max_tokens`", 4096],
    ["max_tokens (32000) is greater than the maximum of 4096", 4096],
    [
      "The maximum tokens you requested exceeds the model limit of 4096. Try again with a value that is lower than 4096.",
      4096,
    ],
    ["the server refused the request (status 400): max_tokens exceeds the limit of 512 for m-20240620", 512],
    // vLLM: half of the room that is left, as the next request is longer.
    [
      "'max_tokens' is too large: 32000. The context length is 8192 tokens and there are 3000 (32000 > 8192 - 3000).",
      2596,
    ],
  ])("the most tokens of an answer: %s", (message, most) => {
    const { learned } = learn(message, { max_tokens: 32_000 });
    expect(learned.max_output_tokens).toBe(most);
    expect(adjusted({ ...REQUEST, max_output_tokens: 32_000 }, learned, "x").max_output_tokens).toBe(most);
    // Refused again with the server's own number: that is believed.
    if (!message.includes(" - ")) expect(learnFrom(message, REQUEST, { max_tokens: most }, learned)).toBeNull();
  });

  test("a schema whose field is refused is told in words", () => {
    const learned = fresh();
    const request = { ...REQUEST, output_schema: { type: "object", title: "T17" } };
    expect(adjusted(request, learned, "x").instructions).not.toContain("T17");
    learned.omit.add("response_format");
    expect(adjusted(request, learned, "x").instructions).toContain("T17");
  });

  test("what a stored thread remembers: what is optional, whatever stands in its file", () => {
    const known = {
      omit: ["store", "messages"],
      images: false,
      reasoning: true,
      short_ids: false,
      max_output_tokens: 9,
    };
    const learned = recalled(known, { base_url: "http://127.0.0.1/v1" });
    expect(limitsOf(learned)).toEqual({ ...known, omit: ["store"] });
    expect(recalled(known, { base_url: "https://api.mistral.ai/v1" }).short_ids).toBe(true);
    expect(limitsOf(recalled({ omit: [] } as never, { base_url: "x" }))).toEqual(
      limitsOf(nothingLearned({ base_url: "x" })),
    );
  });

  test("ids of calls: Mistral's own server is known, others say it", () => {
    expect(nothingLearned({ base_url: "https://api.mistral.ai/v1" }).short_ids).toBe(true);
    const learned = fresh();
    const message = "Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9.";
    const request = {
      ...REQUEST,
      input: [{ type: "function_call" as const, call_id: "call_1", name: "x", arguments: "{}" }],
    };
    expect(learnFrom(message, request, {}, learned)).toContain("ids of calls");
    expect(learned.short_ids).toBe(true);
  });
});
