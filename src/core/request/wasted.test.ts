// A response that came to nothing has been paid for all the same.
import { expect, test } from "bun:test";
import type { ModelClient } from "../../model/index.ts";
import { NO_USAGE } from "../../protocol/index.ts";
import { play, stage, turnOf } from "../harness.suite.ts";

/** A model whose first try of each answer is void, and cost that many tokens. */
function wasteful(input_tokens: number): ModelClient {
  const answer = { type: "message", role: "assistant", content: [{ type: "output_text", text: "ok" }] } as const;
  return {
    capabilities: { custom_tools: true, images: true, output_schema: true },
    async *stream() {
      yield [
        { type: "reset", usage: { ...NO_USAGE, input_tokens } },
        { type: "item", key: "a", item: { ...answer, content: [...answer.content] } },
        { type: "completed", usage: NO_USAGE, response_id: null },
      ];
    },
  };
}

const cases: [what: string, tokens: number, end: "turn.failed" | "turn.completed"][] = [
  ["ends a thread when it was more than that", 60_000, "turn.failed"],
  ["leaves room for more when it was not", 1_000, "turn.completed"],
];
test.each(cases)("the budget of tokens counts it, and %s", async (_, tokens, end) => {
  const budget = { tokens: 50_000, cost: null, time_ms: null, turns: null, commands: null };
  using s = await stage([], { settings: { budget }, services: { openModel: async () => wasteful(tokens) } });
  const { events } = await play(s, [turnOf("go"), turnOf("go on")], () => null);
  const ends = events.filter(({ type }) => type === "turn.failed" || type === "turn.completed");
  expect(ends.map(({ type }) => type)).toEqual(["turn.completed", end]);
});
