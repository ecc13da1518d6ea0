import { expect, test } from "bun:test";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { type EventBody, promptText } from "../protocol/index.ts";
import { pastEvents, StoredPast } from "./past.ts";
import { readRollout } from "./read.ts";
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
  const seen = shown.map((event) => ({ ...event, ...(event.type === "history.replaced" ? { history: [] } : {}) }));
  expect([...pastEvents(path)]).toEqual(seen.map((event) => ({ timestamp: expect.any(String), ...event })));
});

const whole = (past: StoredPast) => [...past.since(0)].filter((moment) => moment !== undefined);

test("the last moments of a long thread are read from its end, and no more of the file than that takes", () => {
  using home = tempHome();
  const output = "many words that a command printed\n".repeat(100);
  const path = home.thread("t", Array.from({ length: 500 }, (_, n) => sampleTurn(n, { output })).flat());
  const past = new StoredPast(path);
  const { moments, whole: all } = past.last(100);
  expect(all).toBe(false);
  expect(past.end).toBeGreaterThan(2_000_000);
  expect(past.read).toBeLessThan(past.end / 4);
  const every = whole(new StoredPast(path));
  expect(moments.length).toBeGreaterThanOrEqual(100);
  expect(moments).toEqual(every.slice(-moments.length));
  expect(new StoredPast(path).last(every.length)).toEqual({ moments: every, whole: true });
});

test("each moment is found again at its place, with what it refers to", () => {
  using home = tempHome();
  const output = "a line that is repeated ".repeat(60);
  // What a person pastes of an output is written once: the line refers to the item before it.
  const pasted: EventBody = { type: "history.added", item: userMessage(`look: ${output}`) };
  const turns = Array.from({ length: 20 }, (_, n) => {
    const turn = sampleTurn(n, { output, prompt: "x".repeat(n * 10_000) });
    return [...turn.slice(0, -1), pasted, ...turn.slice(-1)];
  });
  const path = home.thread("t", turns.flat());
  const past = new StoredPast(path);
  const every = whole(new StoredPast(path));
  for (const { place, event } of [...every, ...every.toReversed()]) expect(past.at(place)).toEqual(event);
  const said = every.flatMap(({ event }) => (event.type === "history.added" ? [promptText(event.item)] : []));
  expect(said).toContain(`look: ${output}`);
  expect(said.filter((text) => text?.startsWith("look")).length).toBe(20);
});

test("damage is left out, wherever it lies and wherever one begins", () => {
  using home = tempHome();
  const path = home.thread(
    "t",
    Array.from({ length: 400 }, (_, n) => sampleTurn(n, { prompt: "p".repeat(900) })).flat(),
  );
  const lines = readFileSync(path, "utf8").split("\n");
  const broken = lines.map((line, at) => (at % 7 === 3 ? line.slice(0, -9) : at % 11 === 2 ? "\u0000{" : line));
  writeFileSync(path, broken.join("\n").slice(0, -20));
  const past = new StoredPast(path);
  const every = whole(new StoredPast(path));
  expect(every).toEqual(
    readRollout(path)
      .lines.filter(({ type }) => type !== "thread.named")
      .filter((line) => line.type !== "history.added" || JSON.stringify(line).includes('"role":"user"'))
      .map((event) => ({ place: expect.any(Number), event }) as never),
  );
  const { moments } = past.last(50);
  expect(moments).toEqual(every.slice(-moments.length));
});

test("a file that another one took the place of is not read as if it were the same", () => {
  using home = tempHome();
  const path = home.thread("t", Array.from({ length: 300 }, (_, n) => sampleTurn(n)).flat());
  const past = new StoredPast(path);
  past.last(1);
  writeFileSync(`${path}.new`, readFileSync(path));
  renameSync(`${path}.new`, path);
  expect(past.at(0)).toBeNull();
});
