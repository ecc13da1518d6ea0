// Ends of servers that leave out events of this wire.
import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../protocol/index.ts";
import type { ModelEvent } from "../contract.ts";
import { createMessagesDecoder } from "./messages-decoder.ts";

function decode(...events: (JsonObject | string)[]) {
  const decoder = createMessagesDecoder([], () => 0);
  const out: ModelEvent[] = [];
  let end = null;
  for (const event of events)
    end ??= decoder.event(typeof event === "string" ? event : JSON.stringify(event), undefined, out);
  end ??= decoder.finish(out);
  return { end, items: out.flatMap((event) => (event.type === "item" ? [event.item] : [])) };
}
const start = (content_block: JsonObject): JsonObject => ({ type: "content_block_start", index: 0, content_block });
const text = [
  start({ type: "text", text: "" }),
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "hi" } },
];
const half = [
  start({ type: "tool_use", id: "t", name: "run", input: {} }),
  { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: "" } },
];
const stop = { type: "content_block_stop", index: 0 };
const reason = (stop_reason: string | null) => ({ type: "message_delta", delta: { stop_reason } });

describe("an answer is whole", () => {
  test.each([
    ["as it should be", [...text, stop, reason("end_turn"), { type: "message_stop" }]],
    ["without the last event", [...text, stop, reason("end_turn")]],
    ["with the last event of another wire", [...text, stop, reason("end_turn"), "[DONE]"]],
    ["without the start of its block", [...text.slice(1), stop, reason("end_turn"), { type: "message_stop" }]],
    ["without the end of its block", [...text, reason("end_turn"), { type: "message_stop" }]],
  ])("%s", (_, events) => {
    expect(decode(...events)).toMatchObject({ end: { type: "completed" }, items: [{ content: [{ text: "hi" }] }] });
  });

  test("a call that was not ended, when that is what the answer ended for", () => {
    expect(decode(...half, reason("tool_use")).items).toMatchObject([{ name: "run" }]);
  });
});

describe("an answer is none", () => {
  test.each([
    ["without a reason", [...text, stop, "[DONE]"], null],
    ["with an empty reason", [...text, stop, reason(null), { type: "message_stop" }], "failed"],
    [
      "with half a call and a good end, as a router makes of a cut",
      [...half, reason("end_turn"), { type: "message_stop" }],
      "failed",
    ],
    ["with an error of no type", [...text, { error: { message: "no" } }], "failed"],
  ])("%s", (_, events, end) => expect(decode(...events).end?.type ?? null).toBe(end as never));
});
