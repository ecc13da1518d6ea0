import { describe, expect, test } from "bun:test";
import type { Event } from "../protocol/index.ts";
import { Channel } from "./channel.ts";

const delta = (item_id: string, text: string): Event => ({
  seq: 0,
  type: "item.delta",
  item_id,
  item_type: "agent_message",
  delta: text,
});
const note = (message: string): Event => ({ seq: 0, type: "error", message });

/** Everything that waits, after the channel was closed. */
async function drained(channel: Channel): Promise<Event[]> {
  channel.close();
  return Array.fromAsync(channel);
}

/** Whether a promise is done once everything that can go on has gone on. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(() => {
    settled = true;
  });
  await new Promise(setImmediate);
  return settled;
}

describe("deltas", () => {
  test("of one item merge while they wait, each after what came before", async () => {
    const channel = new Channel("waited_for", () => {});
    channel.add(delta("a", "1"));
    expect([channel.merge("a", "2"), channel.merge("b", "x"), channel.merge("a", "3")]).toEqual([true, false, true]);
    channel.add(note("n"));
    expect(channel.merge("a", "4")).toBe(false);
    expect(await drained(channel)).toEqual([delta("a", "123"), note("n")]);
  });

  test("have nothing to merge with once they were read", async () => {
    const channel = new Channel("waited_for", () => {});
    expect(channel.merge("a", "0")).toBe(false);
    channel.add(delta("a", "1"));
    const reader = channel[Symbol.asyncIterator]();
    expect(await reader.next()).toEqual({ done: false, value: delta("a", "1") });
    expect(channel.merge("a", "2")).toBe(false);
  });

  test("merge to 64 KiB and no further: a longer one would hide a reader that does not keep up", async () => {
    const KIB = 1024;
    const channel = new Channel("waited_for", () => {});
    channel.add(delta("a", "x".repeat(64 * KIB - 1)));
    expect(channel.merge("a", "y")).toBe(true);
    expect(channel.merge("a", "z")).toBe(false);
    expect(await drained(channel)).toEqual([delta("a", `${"x".repeat(64 * KIB - 1)}y`)]);
  });
});

describe("a writer", () => {
  /** A channel with as many events as it takes. */
  function full(): Channel {
    const channel = new Channel("waited_for", () => {});
    let count = 0;
    for (; channel.ready() === null; count++) channel.add(note(String(count)));
    expect(count).toBe(256);
    return channel;
  }

  test("waits when 256 events do, until the reader takes them", async () => {
    const channel = full();
    const ready = channel.ready() ?? Promise.reject(new Error("there is room"));
    expect(await isSettled(ready)).toBe(false);
    await channel[Symbol.asyncIterator]().next();
    await ready;
    expect(channel.ready()).toBe(null);
  });

  test("waits for nobody once the reader has gone, and what it says is dropped", async () => {
    const channel = full();
    const ready = channel.ready();
    for await (const event of channel) if (event.type === "error") break;
    await ready;
    for (let count = 0; count < 300; count++) channel.add(note("late"));
    expect(channel.ready()).toBe(null);
    expect(channel.merge("a", "x")).toBe(false);
    expect(await drained(channel)).toEqual([]);
  });

  test("that closed has said its last word", async () => {
    const channel = new Channel("waited_for", () => {});
    channel.add(note("last"));
    channel.close();
    channel.add(note("late"));
    expect(await Array.fromAsync(channel)).toEqual([note("last")]);
  });
});

test("a reader that sleeps is woken by an event, and by the end", async () => {
  const channel = new Channel("waited_for", () => {});
  const reader = channel[Symbol.asyncIterator]();
  for (const text of ["one", "two"]) {
    const next = reader.next();
    expect(await isSettled(next)).toBe(false);
    channel.add(note(text));
    expect(await next).toEqual({ done: false, value: note(text) });
  }
  const end = reader.next();
  expect(await isSettled(end)).toBe(false);
  channel.close();
  expect(await end).toMatchObject({ done: true });
});
