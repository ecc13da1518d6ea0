import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Capture } from "./capture.ts";
import { truncateMiddle } from "./truncate.ts";

function capture(chunks: Uint8Array[], limit: number) {
  const kept = new Capture(limit);
  for (const chunk of chunks) kept.add(chunk);
  return kept.finish();
}

describe("Capture", () => {
  test("keeps everything that fits, whatever the chunks", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (chunks) => {
        const all = Buffer.concat(chunks);
        const kept = capture(chunks, all.length * 2 + 2);
        expect(kept.text).toBe(all.toString("utf8"));
        expect(kept.omitted_bytes).toBe(0);
      }),
    );
  });

  test("keeps exactly the first and last half of what does not fit, and counts the rest", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z\n]{0,30}$/), { minLength: 3 }), (texts) => {
        const all = texts.join("");
        const kept = capture(
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

describe("truncateMiddle", () => {
  test("leaves what fits alone", () => {
    expect(truncateMiddle("ä".repeat(10), 20, { lines: 0, bytes: 20 })).toEqual({
      text: "ä".repeat(10),
      truncated: false,
    });
  });

  test("never cuts a character in two, and names what is missing", () => {
    const { text, truncated } = truncateMiddle("ä".repeat(100), 41, { lines: 7, bytes: 200 });
    expect(truncated).toBe(true);
    expect(text).not.toContain("\ufffd");
    expect(text).toStartWith("Warning: truncated output (original token count: 50)\nTotal output lines: 7\n\nää");
    expect(text).toContain("…40 tokens truncated…");
  });
});
