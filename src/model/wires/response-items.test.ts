// Items of servers that give ids, the same id to all, or none; that repeat their output, in part or not.
import { describe, expect, test } from "bun:test";
import type { Json, JsonObject } from "../../protocol/index.ts";
import type { ModelEvent } from "../contract.ts";
import { createResponsesDecoder } from "./responses-decoder.ts";

/** Decodes events up to the end. */
function decode(...events: JsonObject[]) {
  const decoder = createResponsesDecoder([], () => 0);
  const out: ModelEvent[] = [];
  let end = null;
  for (const event of events) end ??= decoder.event(JSON.stringify(event), undefined, out);
  const items = out.flatMap((event) => (event.type === "item" ? [event] : []));
  return { end, items: items.map(({ item }) => item), keys: new Set(items.map(({ key }) => key)).size };
}
const item = (fields: JsonObject): JsonObject => ({ type: "response.output_item.done", output_index: 0, item: fields });
const completed = (output: Json[], more: JsonObject = {}): JsonObject => ({
  type: "response.completed",
  response: { id: "r", status: "completed", output, ...more },
});
const message = (text: string, id = "") => ({
  type: "message",
  role: "assistant",
  content: [{ type: "output_text", text }],
  ...(id ? { id } : {}),
});
const thought = { type: "reasoning", summary: [{ type: "summary_text", text: "hm" }] };
const call = (cmd: string, call_id: string, id = "") => ({
  type: "function_call",
  name: "run",
  arguments: JSON.stringify({ cmd }),
  call_id,
  ...(id ? { id } : {}),
});

describe("every item arrives once", () => {
  test.each([
    ["one index for all, no ids", [thought, call("a", "1"), message("hi")]],
    ["one id for all", [{ ...thought, id: "x" }, call("a", "1", "x"), call("b", "2", "x"), message("hi", "x")]],
    ["one id of calls for all", [call("a", "c"), call("b", "c")]],
    ["ids of their own", [{ ...thought, id: "t" }, call("a", "1", "f"), message("hi", "m")]],
  ])("%s", (_, items) => {
    for (const output of [
      [],
      items,
      items.map((one, index) => ({ ...one, id: `new_${index}`, status: "completed" })),
    ]) {
      const { items: got, keys, end } = decode(...items.map(item), completed(output));
      expect(got).toEqual(items as never);
      expect(keys).toBe(items.length);
      expect(end?.type).toBe("completed");
    }
  });

  test("an event that was sent twice, and what was lost on the way", () => {
    const one = call("a", "1", "f");
    expect(decode(item(one), item(one), completed([one, message("hi", "m")])).items).toMatchObject([
      one,
      message("hi"),
    ]);
  });

  test("arguments that are written otherwise in the end are no second call", () => {
    const again = { ...call("a", "1", "g"), arguments: '{ "cmd": "a" }' };
    expect(decode(item(call("a", "1", "f")), completed([again])).items).toHaveLength(1);
    const other = { ...call("a", "1", "g"), arguments: '{"cmd":"a","login":true}' };
    expect(decode(item(call("a", "1", "f")), completed([other])).items).toHaveLength(1);
  });

  test.each([
    ["a text", { type: "message", role: "assistant", content: "hi" }],
    ["parts of another wire", { type: "message", role: "assistant", content: [{ type: "text", text: "hi" }] }],
    ["parts of no type", { type: "message", role: "assistant", content: [{ text: "hi" }] }],
  ])("a message with %s", (_, one) => {
    expect(decode(item(one), completed([one])).items).toEqual([message("hi") as never]);
  });

  test("reasoning without a summary, arguments that are parsed already", () => {
    expect(decode(item({ type: "reasoning", id: "t" })).items).toEqual([
      { type: "reasoning", id: "t", summary: [] } as never,
    ]);
    const parsed = { ...call("a", "1"), arguments: { cmd: "a" } };
    expect(decode(item(parsed), completed([parsed])).items).toEqual([call("a", "1") as never]);
  });

  test("a text that was only streamed", () => {
    const text = { type: "response.output_text.done", item_id: "m", text: "hi" };
    expect(decode(text, completed([])).items).toMatchObject([message("hi")]);
    expect(decode(text, item(message("hi", "m")), completed([])).items).toHaveLength(1);
  });
});

describe("ends", () => {
  test.each([
    ["another name for the end", { ...completed([message("hi")]), type: "response.done" }, { type: "completed" }],
    [
      "completed, but not whole",
      completed([message("hi")], { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } }),
      { type: "failed", error: { kind: "incomplete" } },
    ],
    [
      "an error without a type",
      { error: { message: "WORDS" } },
      { type: "failed", error: { message: expect.stringContaining("WORDS") } },
    ],
    [
      "an error as vLLM marks it",
      { object: "error", message: "WORDS", code: 400 },
      { error: { message: expect.stringContaining("WORDS") } },
    ],
  ])("%s", (_, event, end) => {
    expect(decode(event as JsonObject).end).toMatchObject(end as never);
  });
});
