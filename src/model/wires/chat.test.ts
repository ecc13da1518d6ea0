import { chatEvents } from "../../testkit/index.ts";
import { type WireUnderTest, wireContract } from "../contract.suite.ts";
import { dialectContract } from "../dialects.suite.ts";

const CHAT: WireUnderTest = {
  wire_api: "chat",
  events: chatEvents,
  model: "some-model",
  replayed_reasoning: '"reasoning_content":"first then"',
  history: (body) => (body as { messages: unknown[] }).messages,
};
wireContract(CHAT);
dialectContract({
  ...CHAT,
  good_end: '"finish_reason":"stop"',
  end: (reason) => `"finish_reason":${JSON.stringify(reason)}`,
  whole: (content) => ({
    id: "x",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
  }),
  optional: { field: "reasoning_effort", request: { effort: "high" } },
});
