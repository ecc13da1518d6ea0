import { expect, test } from "bun:test";
import type { EventBody } from "../protocol/index.ts";
import { pastEvents } from "./past.ts";
import { numbered, opening, sampleTurn, tempHome, userMessage } from "./sample.suite.ts";

test("the past is what was shown and what a person said, also before a compaction, and not what the model alone got", () => {
  using home = tempHome();
  const answer: EventBody = {
    type: "history.added",
    item: { type: "message", role: "assistant", content: [{ type: "output_text", text: "yes" }] },
  };
  const said: EventBody = { type: "history.added", item: userMessage("first") };
  const notes = [userMessage("notes")];
  const compacted: EventBody = {
    type: "history.replaced",
    why: "compacted",
    history: notes,
    tokens_before: 2,
    tokens_after: 1,
  };
  const bodies = [said, answer, compacted, ...sampleTurn(0)];
  const path = home.thread("t", bodies);
  const shown = numbered([...opening("t"), ...bodies]).filter(
    (event) => event.type !== "history.added" || (event.item.type === "message" && event.item.role === "user"),
  );
  expect(shown.length).toBeLessThan(bodies.length + 1);
  expect([...pastEvents(path)]).toEqual(shown.map((event) => ({ timestamp: expect.any(String), ...event })));
});
