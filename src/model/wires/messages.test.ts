import { messagesEvents } from "../../testkit/index.ts";
import { wireContract } from "../contract.suite.ts";

wireContract({
  wire_api: "anthropic",
  events: messagesEvents,
  model: "claude-sonnet-5",
  replayed_reasoning: '"signature":"encrypted:first then"',
  history: (body) => (body as { messages: unknown[] }).messages,
});
