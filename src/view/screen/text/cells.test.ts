import { expect, test } from "bun:test";
import fc from "fast-check";
import { graphemeSegments } from "../../../base/index.ts";
import { cells, graphemes, standsAlone } from "../../../term/index.ts";
import { breaks } from "./breaks.ts";

/** Characters that stand alone, ones that join, and wide ones, side by side. */
const text = fc.string({
  unit: fc.oneof(
    fc.integer({ min: 0x20, max: 0x2ff }).map((code) => String.fromCharCode(code)),
    fc.integer({ min: 0x2010, max: 0x27bf }).map((code) => String.fromCharCode(code)),
    fc.constantFrom("\u0301", "\ufe0f", "\u200d", "漢", "👩", "🏽", "🇩", "🇪", "한", "\u1100", "\u1161", "क", "्"),
  ),
  maxLength: 30,
});

test("what stands alone is parted as all text is, only sooner", () => {
  fc.assert(
    fc.property(text, (line) => {
      const parted = [...graphemeSegments(line)].map(({ segment, index }) => [
        index,
        segment,
        Bun.stringWidth(segment),
      ]);
      expect([...graphemes(line)].map(({ at, text: shown, width }) => [at, shown, width])).toEqual(parted);
      if (standsAlone(line)) expect(cells(line)).toBe([...graphemes(line)].reduce((sum, { width }) => sum + width, 0));
    }),
    { numRuns: 2000 },
  );
});

test("a line that fits is one row", () => {
  for (const line of ["a → b", "✓ done · 3 s", "é…", "─".repeat(10)])
    expect(breaks(line, 12, "cells")).toEqual([[0, line.length]]);
  expect(breaks("✅✅✅", 5, "cells")).toEqual([
    [0, 2],
    [2, 3],
  ]);
});
