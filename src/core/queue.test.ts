// Which turn an op reaches, and what must not happen once a thread is over or cannot be kept.
import { describe, expect, test } from "bun:test";
import type { Event } from "../protocol/index.ts";
import { createGate, respond, say } from "../testkit/index.ts";
import { play, stage, turnOf } from "./harness.suite.ts";

const NO_USAGE = {
  input_tokens: 0,
  cached_input_tokens: 0,
  cache_write_input_tokens: 0,
  output_tokens: 0,
  reasoning_output_tokens: 0,
};

/** A thread whose last turn was cut off. */
const CUT_OFF = {
  history: [],
  usage: NO_USAGE,
  next_seq: 5,
  next_item: 0,
  turns: 1,
  open_turn: "t:1",
  context: null,
  pending_approval: null,
  pending_input: null,
  forked_from: null,
};

/** Keeps what it gets; from the event number `broken` on (counted from 0) it cannot. */
function sink(broken = Number.POSITIVE_INFINITY) {
  const kept: Event[] = [];
  const closed: number[] = [];
  return {
    kept,
    closed,
    append(event: Event) {
      if (kept.length >= broken) throw new Error("the disk is full");
      kept.push(event);
    },
    sync: () => {},
    close: () => void closed.push(kept.length),
  };
}

async function ends(events: AsyncIterable<Event>, onEnd: (event: Event, count: number) => void): Promise<Event[]> {
  const seen: Event[] = [];
  for await (const event of events) {
    if (event.type !== "turn.completed" && event.type !== "turn.failed") continue;
    seen.push(event);
    onEnd(event, seen.length);
  }
  return seen;
}

describe("the queue of a thread", () => {
  test("an interrupt reaches a turn that waited behind a compaction", async () => {
    const gate = createGate();
    using s = await stage([[{ wait: gate }, ...respond(say("never"))]]);
    s.thread.submit({ type: "compact" });
    s.thread.submit(turnOf("a"));
    gate.reached.then(() => s.thread.submit({ type: "interrupt" }));
    const seen = await ends(s.thread.events, (_, count) => {
      if (count === 2) s.thread.submit({ type: "shutdown" });
    });
    gate.open();
    expect(seen.at(-1)).toMatchObject({ type: "turn.failed", error: { kind: "interrupted" } });
  });

  test("what was said to a turn that is replaced reaches the one in its place", async () => {
    const gate = createGate();
    using s = await stage([[{ wait: gate }, ...respond(say("never"))], respond(say("two")), respond(say("three"))]);
    s.thread.submit(turnOf("a"));
    gate.reached.then(() => {
      s.thread.submit({ type: "steer", input: [{ type: "text", text: "and be quick" }] });
      s.thread.submit(turnOf("b"));
    });
    await ends(s.thread.events, (_, count) => {
      if (count === 2) s.thread.submit({ type: "shutdown" });
    });
    gate.open();
    expect(s.server.requests.at(-1)?.raw).toContain("and be quick");
  });

  test("after a shutdown no turn starts, and the file is not opened again", async () => {
    const gate = createGate();
    const file = sink();
    using s = await stage([[{ wait: gate }, ...respond(say("never"))], respond(say("too late"))], {
      services: { sink: file },
    });
    s.thread.submit(turnOf("a"));
    gate.reached.then(() => {
      s.thread.submit({ type: "steer", input: [{ type: "text", text: "b" }] });
      s.thread.submit({ type: "shutdown" });
      s.thread.submit(turnOf("c"));
    });
    await ends(s.thread.events, () => {});
    await Bun.sleep(20);
    s.thread.parts.emit({ type: "error", message: "said by a hook that ended late" });
    gate.open();
    expect(s.server.requests).toHaveLength(1);
    expect(file.closed).toEqual([file.kept.length]);
  });
});

describe("a thread that cannot be kept", () => {
  test("does not start, when it goes on with a turn that was cut off and the file is not ours", async () => {
    const starting = stage([], { services: { sink: sink(0) }, resumed: CUT_OFF });
    await expect(starting).rejects.toThrow("the disk is full");
  });

  test("asks the model nothing in later turns", async () => {
    using s = await stage([respond(say("one")), respond(say("two"))], { services: { sink: sink(4) } });
    const { events } = await play(s, [turnOf("a"), turnOf("b")], () => null);
    const failed = events.filter((event) => event.type === "turn.failed");
    expect(failed.map(({ error }) => error.message)).toEqual(["the disk is full", "the disk is full"]);
    expect(s.server.requests).toHaveLength(0);
  });
});
