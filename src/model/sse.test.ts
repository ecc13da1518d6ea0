import { describe, expect, spyOn, test } from "bun:test";
import fc from "fast-check";
import { createSseReader, EventTooLarge } from "./sse.ts";

/** What a reader makes of bytes that come in these pieces. */
function read(pieces: Uint8Array[]): [string, string | undefined][] {
  const events: [string, string | undefined][] = [];
  const reader = createSseReader((data, name) => events.push([data, name]));
  for (const piece of pieces) reader.feed(new Uint8Array(piece));
  reader.finish();
  return events;
}
/** Cuts bytes at these places. */
function cut(bytes: Uint8Array, places: number[]): Uint8Array[] {
  const at = [...new Set([0, ...places.map((place) => place % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

const line = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => `data: ${text.replaceAll(/[\r\n]/g, "")}`),
  fc.constantFrom(": comment", "event: a.delta", "event: b", "id: 7", "retry: x", "nonsense", "data", "", ""),
);
const stream = fc.tuple(fc.array(line, { maxLength: 30 }), fc.constantFrom("\n", "\r\n", "\r"));

describe("SSE reader", () => {
  test("how the bytes are cut makes no difference", () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 40 }), ([lines, end], places) => {
        const bytes = Buffer.from(lines.map((text) => text + end).join(""));
        expect(read(cut(bytes, places))).toEqual(read([bytes]));
      }),
      { numRuns: process.env.MOAT_TEST_FULL === "1" ? 20_000 : 300 },
    );
  });

  test("nor does it when they are many, in lines longer than any piece", () => {
    const text = `${"data: ä€😀\r\n\r\ndata: x\n\n".repeat(700)}data: ${"ö".repeat(9000)}\n\n`;
    const all = Buffer.from(text.repeat(2));
    const whole = read([all]);
    expect(whole).toHaveLength(2802);
    expect(whole.at(-1)).toEqual(["ö".repeat(9000), undefined]);
    for (const size of [1, 4096, 5001]) {
      const cuts = Array.from({ length: all.length / size }, (_, at) => at * size);
      expect(read(cut(all, cuts))).toEqual(whole);
    }
  });

  test("what a chunk brought is freed once it was read, and nothing that lies in memory of others", () => {
    const reader = createSseReader(() => {});
    const own = new TextEncoder().encode("data: x\n\n".repeat(1000)).slice();
    const shared = new Uint8Array(32).fill(10);
    expect(reader.feed(own)).toBe(true);
    reader.feed(shared.subarray(0, 2));
    expect([own.buffer.detached, shared.buffer.detached]).toEqual([true, false]);
  });

  test("before a large event what lies around is collected, once", () => {
    const collected = spyOn(Bun, "gc");
    const large = Buffer.from(`data: ${"x".repeat(300_000)}\n\n`);
    const counts = [Buffer.from("data: x\n\n"), large, large].map((event) => {
      read([event, ...(event === large ? [large] : [])]);
      return collected.mock.calls.splice(0).length;
    });
    collected.mockRestore();
    expect(counts).toEqual([0, 1, 1]);
  });

  test.each([
    ["\n", false],
    ["\r\n\r\n", false],
    [":\n", true],
    ["x", true],
  ])("%j is a sign of life: %j", (text, life) => {
    expect(createSseReader(() => {}).feed(Buffer.from(text))).toBe(life);
  });

  test("the line break that ends an event is one too", () => {
    const reader = createSseReader(() => {});
    reader.feed(Buffer.from("data: x\n"));
    expect(reader.feed(Buffer.from("\n"))).toBe(true);
  });

  test("an event beyond the bound is refused instead of filling the memory", () => {
    const reader = createSseReader(() => {}, 1000);
    expect(() => {
      for (let i = 0; i < 100; i++) reader.feed(Buffer.from(i === 0 ? "data: " : "x".repeat(100)));
    }).toThrow(EventTooLarge);
  });
});
