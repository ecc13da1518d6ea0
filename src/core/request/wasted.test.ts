// A response that came to nothing has been paid for all the same.
import { expect, test } from "bun:test";
import type { ModelClient, ModelEvent } from "../../model/index.ts";
import { NO_USAGE } from "../../protocol/index.ts";
import { play, stage, turn } from "../harness.suite.ts";

/** A model whose first try of each answer is void, and cost that many tokens. */
function wasteful(input_tokens: number): ModelClient {
  const answer = { type: "message", role: "assistant", content: [{ type: "output_text", text: "ok" }] } as const;
  const events: ModelEvent[] = [
    { type: "reset", usage: { ...NO_USAGE, input_tokens } },
    { type: "item", key: "a", item: { ...answer, content: [...answer.content] } },
    { type: "completed", usage: NO_USAGE, response_id: null },
  ];
  return {
    capabilities: { custom_tools: true, images: true, output_schema: true },
    async *stream() {
      yield events;
    },
  };
}

test.each([
  ["ends a thread when it was more than that", 60_000, "turn.failed"],
  ["leaves room for more when it was not", 1_000, "turn.completed"],
])("the budget of tokens counts it, and %s", async (_, tokens, end) => {
  const budget = { tokens: 50_000, cost: null, time_ms: null, turns: null, commands: null };
  using s = await stage([], { settings: { budget }, services: { openModel: async () => wasteful(tokens) } });
  const { events } = await play(s, [turn("go"), turn("go on")], () => null);
  expect(events.map(({ type }) => type).filter((type) => /^turn\.(?:failed|completed)$/.test(type))).toEqual([
    "turn.completed",
    end,
  ]);
});
