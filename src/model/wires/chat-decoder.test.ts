import { describe, expect, test } from "bun:test";
import type { HistoryItem, Json, JsonObject } from "../../protocol/index.ts";
import type { ModelEvent } from "../contract.ts";
import { createChatDecoder } from "./chat-decoder.ts";
import type { ResponseEnd } from "./wire.ts";

/** Decodes chunks (objects, or text as it is) up to the end of the body. */
function decode(chunks: (Json | undefined)[]): { out: ModelEvent[]; end: ResponseEnd | null; items: HistoryItem[] } {
  const decoder = createChatDecoder([], () => 0);
  const out: ModelEvent[] = [];
  let end: ResponseEnd | null = null;
  for (const chunk of chunks) {
    end ??= decoder.event(typeof chunk === "string" ? chunk : JSON.stringify(chunk), undefined, out);
  }
  end ??= decoder.finish(out);
  return { out, end, items: out.flatMap((event) => (event.type === "item" ? [event.item] : [])) };
}
const delta = (fields: Json, finish_reason: string | null = null): Json => ({
  choices: [{ index: 0, delta: fields, finish_reason }],
});
const piece = (fields: Json): Json => delta({ tool_calls: [fields] });
const calls = (items: HistoryItem[]) =>
  items.map((item) => (item.type === "function_call" ? [item.call_id, item.name, item.arguments] : item.type));

describe("what local servers send", () => {
  test("no usage, no [DONE], empty deltas", () => {
    const { items, end } = decode([
      delta({ role: "assistant" }),
      delta({ content: "" }),
      delta({ content: "hi" }),
      delta({}, "stop"),
    ]);
    expect(items).toMatchObject([{ content: [{ text: "hi" }] }]);
    expect(end).toEqual({ type: "completed", usage: null, response_id: null });
  });

  test("usage after the finish reason is the end, without waiting for [DONE]", () => {
    const decoder = createChatDecoder([], () => 0);
    expect(decoder.event(JSON.stringify(delta({ content: "a" }, "stop")), undefined, [])).toBeNull();
    const usage = { prompt_tokens: 7, completion_tokens: 2, prompt_cache_hit_tokens: 3 };
    expect(decoder.event(JSON.stringify({ choices: [], usage }), undefined, [])).toMatchObject({
      type: "completed",
      usage: { input_tokens: 7, cached_input_tokens: 3, output_tokens: 2 },
    });
  });

  test("usage in every chunk does not end it early", () => {
    const usage = { prompt_tokens: 1, completion_tokens: 1 };
    const { items } = decode([
      { choices: [{ delta: { content: "a" } }], usage },
      { choices: [{ delta: { content: "b" }, finish_reason: "stop" }], usage },
    ]);
    expect(items).toMatchObject([{ content: [{ text: "ab" }] }]);
  });

  test("the connection ends without a finish reason: cut", () => {
    expect(decode([delta({ content: "half" })]).end).toBeNull();
  });

  test("a call in one piece", () => {
    const { items } = decode([
      piece({ index: 0, id: "a", type: "function", function: { name: "ls", arguments: '{"p":1}' } }),
      delta({}, "tool_calls"),
    ]);
    expect(calls(items)).toEqual([["a", "ls", '{"p":1}']]);
  });

  test("parallel calls that all have index 0", () => {
    const { items } = decode([
      piece({ index: 0, id: "a", function: { name: "ls", arguments: "{}" } }),
      piece({ index: 0, id: "b", function: { name: "cat", arguments: "{}" } }),
      delta({}, "stop"),
    ]);
    expect(calls(items)).toEqual([
      ["a", "ls", "{}"],
      ["b", "cat", "{}"],
    ]);
  });

  test("calls without index or id: pieces go to the last one, a name after whole arguments opens another", () => {
    const { items } = decode([
      piece({ function: { name: "ls", arguments: '{"a"' } }),
      piece({ function: { arguments: ":1}" } }),
      piece({ function: { name: "cat", arguments: "{}" } }),
      delta({}, "tool_calls"),
    ]);
    expect(calls(items).map(([, name, args]) => [name, args])).toEqual([
      ["ls", '{"a":1}'],
      ["cat", "{}"],
    ]);
  });

  test("the id is repeated in every piece", () => {
    const { items } = decode([
      piece({ index: 0, id: "a", function: { name: "ls", arguments: "{" } }),
      piece({ index: 0, id: "a", function: { name: "ls", arguments: "}" } }),
      delta({}, "tool_calls"),
    ]);
    expect(calls(items)).toEqual([["a", "ls", "{}"]]);
  });

  test("arguments as an object, as nothing, as no JSON", () => {
    const { items } = decode([
      piece({ index: 0, id: "a", function: { name: "x", arguments: { k: "v" } } }),
      piece({ index: 1, id: "b", function: { name: "y" } }),
      piece({ index: 2, id: "c", function: { name: "z", arguments: "just text" } }),
      delta({}, "tool_calls"),
    ]);
    expect(calls(items)).toEqual([
      ["a", "x", '{"k":"v"}'],
      ["b", "y", "{}"],
      ["c", "z", "just text"],
    ]);
  });

  test("two calls on one index without ids stay two; a name in every piece is one", () => {
    const two = decode([
      piece({ index: 0, function: { name: "ls", arguments: '{"a":1}' } }),
      piece({ index: 0, function: { name: "ls", arguments: '{"a":2}' } }),
      delta({}, "tool_calls"),
    ]);
    expect(calls(two.items).map(([, , args]) => args)).toEqual(['{"a":1}', '{"a":2}']);
    const one = decode([
      piece({ index: 0, function: { name: "ls", arguments: '{"a"' } }),
      piece({ index: 0, function: { name: "ls", arguments: ":1}" } }),
      delta({}, "tool_calls"),
    ]);
    expect(calls(one.items).map(([, , args]) => args)).toEqual(['{"a":1}']);
  });

  test("OpenRouter's reasoning in parts is put together again", () => {
    const detail = (more: Json) =>
      delta({ reasoning_details: [{ type: "reasoning.text", index: 0, ...(more as object) }] });
    const { items, out } = decode([
      detail({ text: "first " }),
      detail({ text: "then", signature: "s" }),
      delta({ reasoning_details: [{ type: "reasoning.encrypted", index: 1, data: "AB" }] }),
      delta({ content: "x" }, "stop"),
    ]);
    expect(items[0]).toEqual({
      type: "reasoning",
      summary: [{ type: "summary_text", text: "first then" }],
      details: [
        { type: "reasoning.text", index: 0, text: "first then", signature: "s" },
        { type: "reasoning.encrypted", index: 1, data: "AB" },
      ],
    });
    expect(out.filter((event) => event.type === "delta" && event.kind === "reasoning")).toHaveLength(2);
  });

  test("what hangs on a call is kept with it", () => {
    const extra_content = { google: { thought_signature: "AAA" } };
    const { items } = decode([
      piece({ index: 0, id: "a", function: { name: "ls", arguments: "{}" }, extra_content }),
      delta({}, "stop"),
    ]);
    expect(items[0]).toMatchObject({ call_id: "a", extra_content });
  });

  test("usage where Groq and Moonshot put it; zeros are no count", () => {
    const usage = { prompt_tokens: 77, completion_tokens: 3 };
    const moonshot = decode([
      { choices: [{ index: 0, delta: { content: "x" }, finish_reason: "stop", usage }] },
      "[DONE]",
    ]);
    const groq = decode([delta({ content: "x" }, "stop"), { x_groq: { usage } }, "[DONE]"]);
    for (const { end } of [moonshot, groq])
      expect(end).toMatchObject({ usage: { input_tokens: 77, output_tokens: 3 } });
    const zeros = { prompt_tokens: 0, completion_tokens: 0 };
    expect(decode([delta({ content: "x" }, "stop"), { choices: [], usage: zeros }]).end).toMatchObject({ usage: null });
  });

  test("reasoning remembers the field in which it came", () => {
    const [one] = decode([delta({ reasoning_content: "hm" }), delta({ content: "x" }, "stop")]).items;
    const [two] = decode([delta({ reasoning: "hm" }), delta({ content: "x" }, "stop")]).items;
    expect(one).toEqual({
      type: "reasoning",
      summary: [{ type: "summary_text", text: "hm" }],
      field: "reasoning_content",
    });
    expect(two).toMatchObject({ field: "reasoning" });
  });

  test("content in parts, with thinking", () => {
    const { items } = decode([
      delta({
        content: [
          { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
          { type: "text", text: "yes" },
        ],
      }),
      delta({}, "stop"),
    ]);
    expect(items).toMatchObject([{ type: "reasoning" }, { content: [{ text: "yes" }] }]);
  });

  test("a chunk that is not JSON is passed over", () => {
    expect(decode(["{oops", delta({ content: "x" }, "stop")]).items).toHaveLength(1);
  });

  test("an error in the stream is one", () => {
    expect(decode([delta({ content: "x" }), { error: { message: "out of memory", code: 500 } }]).end).toMatchObject({
      type: "failed",
      error: { kind: "server_error" },
    });
  });
});

describe("what goes back as it came", () => {
  test("LiteLLM's thinking blocks, in pieces; what is said in two forms is said once", () => {
    const block = (fields: JsonObject): Json => delta({ thinking_blocks: [{ type: "thinking", ...fields }] });
    const { items, out } = decode([
      delta({ reasoning_content: "hm ", thinking_blocks: [{ type: "thinking", thinking: "hm " }] }),
      block({ thinking: "so" }),
      block({ thinking: "", signature: "S" }),
      delta({ content: "hi" }, "stop"),
      "[DONE]",
    ]);
    expect(items[0]).toEqual({
      type: "reasoning",
      summary: [{ type: "summary_text", text: "hm so" }],
      details: [{ type: "thinking", thinking: "hm so", signature: "S" }],
      field: "thinking_blocks",
    });
    expect(out.flatMap((one) => (one.type === "delta" && one.kind === "reasoning" ? [one.delta] : []))).toEqual([
      "hm ",
      "so",
    ]);
  });

  test("Gemini's signature of a text", () => {
    const extra_content = { google: { thought_signature: "T" } };
    const { items } = decode([delta({ content: "hi", extra_content }, "stop"), "[DONE]"]);
    expect(items).toMatchObject([{ type: "reasoning", summary: [], extra_content }, { content: [{ text: "hi" }] }]);
  });

  test("a call in the form of before tool_calls", () => {
    const { items } = decode([
      delta({ function_call: { name: "ls", arguments: '{"a"' } }),
      delta({ function_call: { arguments: ":1}" } }, "function_call"),
      "[DONE]",
    ]);
    expect(calls(items)).toEqual([["", "ls", '{"a":1}']]);
  });
});

describe("ends", () => {
  const end = (choice: JsonObject) => decode([{ choices: [{ delta: { content: "hi" }, ...choice }] }, "[DONE]"]).end;
  test.each([
    [{ finish_reason: "STOP" }, { type: "completed" }],
    [{ finish_reason: "MAX_TOKENS" }, { error: { kind: "incomplete" } }],
    [
      { finish_reason: "SAFETY" },
      { error: { kind: "stream_disconnected", message: expect.stringContaining("SAFETY") } },
    ],
    [{ finish_reason: "model_context_window_exceeded" }, { error: { kind: "context_overflow" } }],
    [{ finish_reason: "stop", native_finish_reason: "STOP" }, { type: "completed" }],
    [
      { finish_reason: "stop", native_finish_reason: "MALFORMED_FUNCTION_CALL" },
      { error: { kind: "stream_disconnected" } },
    ],
  ])("%j", (choice, wanted) => expect(end(choice)).toMatchObject(wanted));
});
