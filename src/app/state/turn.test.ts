// What events make of the log, the live part and the facts.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Event, EventBody, Item } from "../../protocol/index.ts";
import { context, Driver, pastOf, stopped, usage, userSays } from "./driver.suite.ts";

const message = (text: string, id = "m"): Item => ({ id, type: "agent_message", text });
const delta = (text: string, item_id = "m"): EventBody => ({
  type: "item.delta",
  item_id,
  item_type: "agent_message",
  delta: text,
});
const command = (more: object): Item => ({
  id: "c",
  type: "command_execution",
  command: "make",
  aggregated_output: "",
  exit_code: null,
  status: "in_progress",
  ...more,
});
const blocks = ({ state }: Driver) =>
  [...state.conversation.log.since(state.conversation.log.first)].map((block) =>
    block.type === "entry" ? block.entry.type : block.type,
  );

describe("an answer that is written", () => {
  const ANSWER =
    "# Plan\n\nFirst *this*.\n\n- one\n- two\n\n```ts\nlet a = 1;\n\nlet b;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nlast 👨‍👩‍👧 words";

  test("finished blocks go into the log, the rest is live", () => {
    const driver = new Driver();
    driver.begin();
    driver.event(userSays("go"));
    driver.event(delta("One.\n\nTwo"));
    expect(blocks(driver)).toEqual(["start", "user", "prose"]);
    expect(driver.picture.live.join("\n")).toContain("Two");
    expect(driver.picture.live.join("\n")).not.toContain("One");
    driver.event({ type: "item.completed", item: message("One.\n\nTwo") });
    expect(blocks(driver)).toEqual(["start", "user", "prose", "prose"]);
    expect(driver.picture.live).toEqual([]);
    expect(driver.state.conversation.streams.size).toBe(0);
  });

  test("in whatever pieces it comes, the picture is the same", () => {
    const whole = (pieces: readonly string[]) => {
      const driver = new Driver();
      driver.begin();
      driver.event(userSays("go"));
      for (const piece of pieces) driver.event(delta(piece));
      const growing = driver.text;
      driver.event({ type: "item.completed", item: message(ANSWER) });
      driver.end();
      return [growing, driver.text, blocks(driver)];
    };
    const wanted = whole([ANSWER]);
    fc.assert(
      fc.property(fc.array(fc.nat(ANSWER.length), { maxLength: 30 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), ANSWER.length];
        const pieces = places.slice(1).map((to, index) => ANSWER.slice(places[index], to));
        expect(whole(pieces.filter((piece) => piece !== ""))).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  test("an answer that ends up as another one stands there whole", () => {
    const driver = new Driver();
    driver.begin();
    driver.event(delta("One.\n\nTwo"));
    driver.event({ type: "item.completed", item: message("Another one.") });
    expect(driver.text).toContain("Another one.");
  });

  test("what was void is told when some of it stands in the log, and gone else", () => {
    const driver = new Driver();
    driver.begin();
    driver.event(delta("half"));
    driver.event({ type: "stream.reset", item_ids: ["m"], usage: null });
    expect(blocks(driver)).toEqual([]);
    expect(driver.text).not.toContain("half");
    driver.event(delta("One.\n\nhalf", "n"));
    driver.event({ type: "stream.reset", item_ids: ["n"], usage: null });
    expect(blocks(driver)).toEqual(["start", "prose", "stream.reset"]);
  });

  test("of an answer that is cut off stays what was seen", () => {
    const driver = new Driver();
    driver.begin();
    driver.event(delta("as far as this"));
    driver.event(stopped);
    expect(driver.text).toContain("as far as this");
    expect(blocks(driver)).toEqual(["start", "prose", "turn.failed"]);
  });
});

describe("the log", () => {
  test("has reasoning folded, commands with their time, the turn with its time and cost", () => {
    const driver = new Driver();
    driver.begin();
    driver.event({ type: "item.completed", item: { id: "r", type: "reasoning", text: "I think. Much." } });
    driver.event({ type: "item.started", item: command({}) });
    driver.now += 2500;
    driver.event({ type: "item.completed", item: command({ exit_code: 0, status: "completed" }) });
    driver.now += 500;
    driver.event({ type: "turn.completed", turn_id: "1", usage, turn_usage: usage, cost_usd: 0.125 });
    expect([...driver.state.conversation.log.since(0)].slice(1)).toMatchObject([
      { type: "reasoning" },
      { type: "entry", took_ms: 2500 },
      { type: "entry", took_ms: 3000 },
    ]);
    expect(driver.text).toContain("$0.13");
    // What the turns say is summed up, whatever a price list would make of their tokens.
    driver.begin();
    driver.event({ type: "turn.completed", turn_id: "2", usage, turn_usage: usage, cost_usd: 0.25 });
    expect(driver.text).toContain("$0.38");
  });

  test("has what the sandbox refused, and compactions; not what the working line tells", () => {
    const driver = new Driver();
    driver.begin();
    const denial = {
      rule: "r",
      kind: "write",
      target: "/x",
      explanation: "no writing to /x",
      opens: null,
      grant: null,
    } as const;
    driver.event({ type: "sandbox.denied", item_id: "c", denial });
    driver.event({ type: "item.completed", item: command({ exit_code: 1, status: "failed" }) });
    driver.event({
      type: "stream.retrying",
      attempt: 1,
      max: 3,
      delay_ms: 4000,
      error: { kind: "server_error", message: "x", retryable: true },
    });
    driver.event({ type: "history.replaced", why: "compacted", history: [], tokens_before: 9, tokens_after: 3 });
    expect(blocks(driver)).toEqual(["start", "item", "history.replaced"]);
    expect(driver.text).toContain("no writing to /x");
  });

  test("of a thread that is resumed is there at once", () => {
    const past: Event[] = [
      { type: "thread.started", thread_id: "t1", schema_version: 1, cwd: "/p", moat_version: "1" },
      { type: "turn.started", turn_id: "1", context: { ...context, model: "old" } },
      userSays("before"),
      { type: "item.completed", item: message("the answer") },
      { type: "turn.completed", turn_id: "1", usage, turn_usage: usage },
    ].map((body, seq) => ({ seq, ...body }) as Event);
    const driver = new Driver({ past: pastOf(past) });
    expect(blocks(driver)).toEqual(["start", "user", "prose", "turn.completed"]);
    expect(driver.state.conversation.context.model).toBe("gpt-test");
    expect(driver.taken("notify")).toEqual([]);
    driver.event({ type: "thread.started", thread_id: "t1", schema_version: 1, cwd: "/p", moat_version: "1" });
    expect(driver.state.conversation.context.model).toBe("gpt-test");
  });

  test("greets until something is said; the branch fills in and moves no line", () => {
    const driver = new Driver();
    const before = driver.picture.live.length;
    driver.feed({ type: "branch", branch: { name: "main", changed: 3 } });
    expect(driver.picture.live).toHaveLength(before);
    expect(driver.text).toContain("main, 3 changed");
    driver.event(userSays("go"));
    driver.feed({ type: "branch", branch: { name: "other", changed: 0 } });
    expect(driver.text).toContain("main, 3 changed");
    expect(driver.text).toContain("(other)");
  });

  test("an event costs the same however much there was before", () => {
    const driver = new Driver();
    driver.begin();
    for (let n = 0; n < 20_000; n++) driver.event({ type: "item.completed", item: message(`text ${n}`, `m${n}`) });
    // Copies of 20,000 blocks for each would take minutes.
    expect(driver.state.conversation.log).toHaveLength(20_001);
    expect(driver.picture.history.end).toBe(20_001);
  });

  test("events of another conversation are left out", () => {
    const driver = new Driver();
    driver.feed({ type: "event", thread: 7, event: { seq: 0, ...userSays("elsewhere") } });
    expect(blocks(driver)).toEqual([]);
  });
});

describe("the working line", () => {
  test("wakes four times a second while a turn runs, and never when nothing moves", () => {
    const driver = new Driver();
    expect(driver.taken("wake")).toEqual([]);
    driver.begin();
    expect(driver.taken("wake")).toEqual([{ type: "wake", at: 1250 }]);
    driver.now = 1100;
    driver.event(delta("x"));
    expect(driver.taken("wake")).toEqual([]);
    driver.now = 1250;
    driver.feed({ type: "tick" });
    expect(driver.taken("wake")).toEqual([{ type: "wake", at: 1500 }]);
    driver.end();
    expect(driver.taken("wake")).toEqual([{ type: "wake", at: null }]);
  });

  test("between two steps a delta moves no number", () => {
    const driver = new Driver();
    driver.begin();
    driver.now = 3100;
    driver.event(delta("x"));
    const { panel } = driver.picture;
    driver.now = 3200;
    driver.feed({ type: "tick" });
    expect(driver.picture.panel.map(String)).toEqual(panel.map(String));
  });

  test("counts tokens per second and the time to the next try", () => {
    const driver = new Driver();
    driver.begin();
    driver.event(delta("x".repeat(400)));
    driver.now += 2000;
    driver.event(delta("x".repeat(400)));
    expect(driver.state.conversation.turn?.per_second).toBe(100);
    const printed = {
      type: "item.delta",
      item_id: "c",
      item_type: "command_execution",
      delta: "y\n".repeat(1_000_000),
    } as const;
    driver.event(printed);
    expect(driver.state.conversation.turn?.tokens).toBe(200);
    driver.event({
      type: "stream.retrying",
      attempt: 1,
      max: 3,
      delay_ms: 4000,
      error: { kind: "server_error", message: "gone", retryable: true },
    });
    expect(driver.text).toContain("4.0 s");
    driver.now += 1000;
    driver.feed({ type: "tick" });
    expect(driver.text).toContain("3.0 s");
  });
});
