import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Capture } from "./capture.ts";
import { countLines, lentBytes } from "./count-lines.ts";
import { truncateMiddle } from "./truncate.ts";

function capture(chunks: Uint8Array[], limit: number) {
  const kept = new Capture(limit);
  for (const chunk of chunks) kept.add(chunk);
  return kept.finish();
}

describe("Capture", () => {
  test("keeps everything that fits, whatever the chunks", () => {
    return fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 9 }), async (text, size) => {
        const all = Buffer.from(text);
        const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
          all.subarray(at * size, (at + 1) * size),
        );
        const kept = await capture(chunks, all.length * 2 + 2);
        expect(kept.text).toBe(text);
        expect(kept.omitted_bytes).toBe(0);
      }),
    );
  });

  test("keeps exactly the first and last half of what does not fit, and counts the rest", () => {
    return fc.assert(
      fc.asyncProperty(fc.array(fc.stringMatching(/^[a-z\n]{0,30}$/), { minLength: 3 }), async (texts) => {
        const all = texts.join("");
        const kept = await capture(
          texts.map((text) => Buffer.from(text)),
          20,
        );
        expect(kept.total_bytes).toBe(all.length);
        expect(kept.total_lines).toBe(all.split("\n").length - 1);
        if (all.length <= 20) return expect(kept.text).toBe(all);
        const marker = `\n... ${all.length - 20} bytes omitted ...\n`;
        expect(kept.text).toBe(`${all.slice(0, 10)}${marker}${all.slice(-10)}`);
      }),
    );
  });
});

test("counts the ends of long lines and of short ones, also where they change within a chunk", () => {
  const lines = fc.array(
    fc.nat({ max: 300 }).map((length) => `${"x".repeat(length % 3 === 0 ? length : length % 3)}\n`),
  );
  return fc.assert(
    fc.asyncProperty(lines, async (texts) => {
      const { total_lines } = await capture([Buffer.from(texts.join(""))], 100);
      expect(total_lines).toBe(texts.length);
    }),
  );
});

test("chunks are only lent: what was kept of them stays as it was", async () => {
  const bytes = new Uint8Array(3000);
  const kept = new Capture(4000);
  for (let at = 0; at < 10; at++) kept.add(bytes.fill(0x61 + at));
  bytes.fill(0);
  const { text } = await kept.finish();
  expect(text).toBe(`${"a".repeat(2000)}\n... 26000 bytes omitted ...\n${"j".repeat(2000)}`);
});

test("line ends are counted alike in memory that is lent for reading and in any other, wherever a piece lies", () => {
  const lent = lentBytes();
  const random = Uint8Array.from(lent, (_, at) => ((at * 2654435761) >>> 13) % 12);
  lent.set(random);
  fc.assert(
    fc.property(fc.nat({ max: lent.length }), fc.nat({ max: 200 }), (from, length) => {
      const own = random.slice(from, from + length);
      const expected = own.filter((byte) => byte === 10).length;
      expect([countLines(lent.subarray(from, from + length)), countLines(own)]).toEqual([expected, expected]);
    }),
  );
  expect(countLines(lent)).toBe(countLines(random));
});

describe("truncateMiddle", () => {
  test("keeps whole characters alone, as many as fit into each half, and names what is missing", () => {
    const HEADING = "Warning: truncated output (original token count: 75)\nTotal output lines: 7\n\n";
    // Characters of one to four bytes: a cut falls into each of their bytes at some budget.
    const text = "aä€😀".repeat(30);
    for (let budget = 1; budget < 300; budget++) {
      const half = Math.floor(budget / 2);
      const cut = truncateMiddle(text, budget, { lines: 7, bytes: 300 });
      const [, head = "", missing, tail = ""] = cut.text.match(/\n\n(.*)…(\d+) tokens truncated…(.*)$/) ?? [];
      const [before, after] = [Buffer.byteLength(head), Buffer.byteLength(tail)];
      expect(cut).toEqual({ text: `${HEADING}${head}…${missing} tokens truncated…${tail}`, truncated: true });
      expect({ head: text.startsWith(head), tail: text.endsWith(tail) }).toEqual({ head: true, tail: true });
      for (const kept of [before, after]) expect(kept <= half && kept > half - 4).toBe(true);
      expect(Number(missing)).toBe(Math.ceil((300 - before - after) / 4));
    }
  });

  test("counts lines and bytes itself where the text is all that there was", () => {
    expect(truncateMiddle("a\n".repeat(100), 8).text).toBe(
      "Warning: truncated output (original token count: 50)\nTotal output lines: 101\n\na\na\n…48 tokens truncated…a\na\n",
    );
  });

  test("a text of exactly its budget is whole, one byte more is not", () => {
    expect(truncateMiddle("ä".repeat(10), 20)).toEqual({ text: "ä".repeat(10), truncated: false });
    expect(truncateMiddle("ä".repeat(10), 19).truncated).toBe(true);
  });
});
