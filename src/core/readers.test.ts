import { describe, expect, test } from "bun:test";
import type { Event } from "../protocol/index.ts";
import type { EventReader } from "./channel.ts";
import { Readers } from "./readers.ts";

const note = (seq: number): Event => ({ seq, type: "error", message: String(seq) });
const delta = (seq: number, text: string, more: Partial<Event> = {}): Event =>
  ({ seq, type: "item.delta", item_id: "a", item_type: "agent_message", delta: text, ...more }) as Event;
const seqs = async (reader: EventReader) => (await Array.fromAsync(reader)).map(({ seq }) => seq);

/** Adds events from `from` on until the front end has no more room. */
function fill(readers: Readers, from = 0): number {
  let seq = from;
  for (; readers.ready() === null; seq++) readers.add(note(seq));
  return seq;
}

describe("readers", () => {
  test("each gets everything from when it came, at its own pace", async () => {
    const readers = new Readers();
    readers.add(note(0));
    const second = readers.join("cut_off");
    const slow = second[Symbol.asyncIterator]();
    const first = slow.next();
    readers.add(note(1));
    expect(await first).toMatchObject({ value: { seq: 1 } });
    readers.add(note(2));
    readers.close();
    expect(await seqs(readers.front)).toEqual([0, 1, 2]);
    expect(await slow.next()).toMatchObject({ value: { seq: 2 } });
    expect(await slow.next()).toMatchObject({ done: true });
    expect(second.missed_from).toBe(null);
  });

  test("one that skips what commands print gets the rest, and is no reason to tell it", async () => {
    const readers = new Readers();
    const second = readers.join("cut_off");
    const printed = { item_type: "command_execution", item_id: "c" } as const;
    readers.front.skipOutput();
    expect(readers.hears_output).toBe(true);
    readers.add(delta(0, "printed", printed));
    readers.add(delta(1, "said"));
    second.skipOutput();
    expect(readers.hears_output).toBe(false);
    readers.close();
    expect([await seqs(readers.front), await seqs(second)]).toEqual([[1], [0, 1]]);
  });

  test("one that sleeps is cut off when its buffer is full, is told from where, and holds nobody up", async () => {
    const readers = new Readers();
    const front = readers.front[Symbol.asyncIterator]();
    const asleep = readers.join("cut_off");
    for (let seq = 0; seq < 300; seq++) {
      readers.add(note(seq));
      await front.next();
      expect(readers.ready()).toBe(null);
    }
    const got = await seqs(asleep);
    expect(got).toEqual(Array.from({ length: 256 }, (_, seq) => seq));
    expect(asleep.missed_from).toBe(256);
    // It may come again, and goes on from there.
    const again = readers.join("cut_off");
    readers.add(note(300));
    readers.close();
    expect(await seqs(again)).toEqual([300]);
  });

  test("the thread waits for every front end, and no longer for one that has left", async () => {
    const readers = new Readers();
    const next = readers.join("waited_for");
    const end = fill(readers);
    const waiting = readers.ready();
    for await (const event of readers.front) if (event.seq === 0) break;
    expect(readers.ready()).not.toBe(null);
    const reading = next[Symbol.asyncIterator]();
    expect(await reading.next()).toMatchObject({ value: { seq: 0 } });
    await waiting;
    expect(readers.ready()).toBe(null);
    readers.add(note(end));
    readers.close();
    const rest: number[] = [];
    for await (const { seq } of { [Symbol.asyncIterator]: () => reading }) rest.push(seq);
    expect(rest).toEqual(Array.from({ length: end }, (_, at) => at + 1));
  });

  test("who comes after the end finds it ended, and so does who left and comes again", async () => {
    const readers = new Readers();
    readers.add(note(0));
    for await (const _ of readers.front) break;
    readers.add(note(1));
    expect(await seqs(readers.front)).toEqual([]);
    readers.close();
    expect(await seqs(readers.join("waited_for"))).toEqual([]);
  });
});

describe("deltas for several", () => {
  test("merge for who sleeps and not for who does not; the numbers stay dense for both", async () => {
    const readers = new Readers();
    const awake = readers.join("cut_off")[Symbol.asyncIterator]();
    const got: Event[] = [];
    for (const event of [note(0), delta(1, "one "), delta(2, "two "), delta(3, "three"), note(4)]) {
      readers.add(event);
      got.push((await awake.next()).value);
    }
    readers.close();
    expect(got).toEqual([note(0), delta(1, "one "), delta(2, "two "), delta(3, "three"), note(4)]);
    const asleep = await Array.fromAsync(readers.front);
    expect(asleep).toEqual([note(0), { ...delta(3, "one two three"), merged: 2 } as Event, note(4)]);
  });

  test("need no number while one reads alone, also after another has left", async () => {
    const readers = new Readers();
    expect(readers.merge("a", "x")).toBe(false);
    readers.add(delta(0, "1"));
    expect(readers.merge("a", "2")).toBe(true);
    const second = readers.join("cut_off")[Symbol.asyncIterator]();
    expect(readers.merge("a", "3")).toBe(false);
    readers.add(delta(1, "3"));
    await second.next();
    await second.return?.(undefined);
    expect(readers.merge("a", "4")).toBe(true);
    readers.close();
    expect(await Array.fromAsync(readers.front)).toEqual([{ ...delta(1, "1234"), merged: 1 } as Event]);
  });

  test("of two threads never merge, whatever their items are called", async () => {
    const readers = new Readers();
    readers.add(delta(0, "parent"));
    readers.add(delta(0, "child", { thread_id: "c" }));
    readers.add(delta(1, "'s", { thread_id: "c" }));
    expect(readers.merge("a", "lost")).toBe(false);
    readers.add(delta(1, "parent again"));
    readers.close();
    const texts = (await Array.fromAsync(readers.front)).map((event) => event.type === "item.delta" && event.delta);
    expect(texts).toEqual(["parent", "child's", "parent again"]);
  });
});
