import { chatEvents } from "../../testkit/index.ts";
import { wireContract } from "../contract.suite.ts";

wireContract({
  wire_api: "chat",
  events: chatEvents,
  model: "some-model",
  replayed_reasoning: '"reasoning_content":"first then"',
  history: (body) => (body as { messages: unknown[] }).messages,
});
