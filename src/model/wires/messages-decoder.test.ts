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

describe("a search that the server hosts", () => {
  const block = (index: number, content_block: JsonObject, ...deltas: JsonObject[]) => [
    { type: "content_block_start", index, content_block },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ];
  const asked = block(
    0,
    { type: "server_tool_use", id: "srv", name: "web_search", input: {} },
    { type: "input_json_delta", partial_json: '{"query":' },
    { type: "input_json_delta", partial_json: '"moats"}' },
  );
  const called = { type: "server_tool_use", id: "srv", name: "web_search", input: { query: "moats" } };
  const found = (content: JsonObject | JsonObject[]) => ({
    type: "web_search_tool_result",
    tool_use_id: "srv",
    content,
  });
  const page = { type: "web_search_result", url: "https://a.b", title: "t", encrypted_content: "x" };
  const end = [reason("end_turn"), { type: "message_stop" }];

  test("call and result are one item, whose blocks go back as they came", () => {
    expect(decode(...asked, ...block(1, found([page])), ...end).items).toEqual([
      {
        type: "web_search_call",
        id: "srv",
        status: "completed",
        action: { type: "search", query: "moats" },
        blocks: [called, found([page])],
      },
    ]);
  });

  test("one that failed says so; one that the server paused in goes back without a result", () => {
    const failed = found({ type: "web_search_tool_result_error", error_code: "max_uses_exceeded" });
    expect(decode(...asked, ...block(1, failed), ...end).items).toMatchObject([
      { status: "failed", blocks: [called, failed] },
    ]);
    expect(decode(...asked, reason("pause_turn"), { type: "message_stop" })).toMatchObject({
      end: { type: "completed", paused: true },
      items: [{ status: "in_progress", blocks: [called] }],
    });
  });
});
