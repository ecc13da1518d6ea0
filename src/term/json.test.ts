import { expect, test } from "bun:test";
import fc from "fast-check";
import { holdsLongText, safeJson, safeJsonLine } from "./index.ts";

/** Longer than what is written at once, made of what JSON writes in one to six characters. */
const long = fc
  .array(fc.constantFrom("\0", "\n", '"', "a", "ä", "\ufffd", "😀", "\ud83d", "\ude00", "\u202e"), { minLength: 50 })
  .map((units) => units.join("").repeat(400));
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    long,
    fc.jsonValue(),
    fc.constant(undefined),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(fc.string(), tie("tree"), { maxKeys: 3 }),
  ),
}));

test("pieces are the JSON of the whole, harmless as it is", () => {
  fc.assert(
    fc.property(tree, (value) => {
      const pieces = [...safeJsonLine({ value })];
      expect(pieces.join("")).toBe(`${safeJson({ value })}\n`);
    }),
    { numRuns: 30 },
  );
});

test("a character at the end of a piece stays whole, also behind a half that stands alone", () => {
  for (const end of ["\ud83d\u{1f600}", "\u{1f600}", "\ude00\u{1f600}"])
    for (const room of [1, 2, 3]) {
      const text = `${"a".repeat(16 * 1024 - room)}${end}b`;
      expect([...safeJsonLine(text)].join("")).toBe(`${safeJson(text)}\n`);
    }
});

test("no piece is much longer than what is written at once, whatever the text has in JSON", () => {
  const value = { type: "x", items: [{ output: "\0".repeat(1_000_000) }] };
  expect(holdsLongText(value)).toBe(true);
  expect(holdsLongText({ items: [{ output: "short" }] })).toBe(false);
  const lengths = [...safeJsonLine(value)].map((piece) => piece.length);
  expect(Math.max(...lengths)).toBeLessThan(200_000);
  expect(lengths.reduce((sum, one) => sum + one)).toBe(JSON.stringify(value).length + 1);
});
