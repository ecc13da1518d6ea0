import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parse, stringify } from "smol-toml";
import { locate, scanToml } from "./spans.ts";

const SAMPLE = `\uFEFF# comment with [brackets] and = signs
title = "a \\" # no comment" # a comment
'lit.eral' = 'C:\\' # c
multi = """
[not.a.table]
x = 1 \\"""
"""" # ends in a quote of its own
raw = '''
# '' text''''

[ a . "b.c" ]   # header
list = [ # comment ]
  "x]", [1, 2],
  { k = "}", l.m = 2 }, # nested
]
[[ products ]]
when = 1979-05-27 07:32:00 # date with a space
inline = { one = 1, "two words" = [ { three = 3 } ] }
`;

/** What a span's value text parses to on its own. */
function parseValue(text: string, start: number, end: number): unknown {
  return parse(`v = ${text.slice(start, end)}`).v;
}

describe("scanToml", () => {
  test("finds every statement, its key and exactly its value", () => {
    const found = scanToml(SAMPLE).map((s) => [s.kind, s.keys.join("|"), SAMPLE.slice(s.value_start, s.end)]);
    expect(found.map(([kind, keys]) => `${kind} ${keys}`)).toEqual([
      "pair title",
      "pair lit.eral",
      "pair multi",
      "pair raw",
      "table a|b.c",
      "pair a|b.c|list",
      "inline a|b.c|list|k",
      "inline a|b.c|list|l|m",
      "array products",
      "pair products|when",
      "pair products|inline",
      "inline products|inline|one",
      "inline products|inline|two words",
      "inline products|inline|two words|three",
    ]);
    for (const span of scanToml(SAMPLE).filter((s) => s.kind === "pair" && s.keys[0] !== "products")) {
      let value: unknown = parse(SAMPLE.slice(1));
      for (const key of span.keys) value = (value as Record<string, unknown>)[key];
      expect(parseValue(SAMPLE, span.value_start, span.end)).toEqual(value);
    }
  });

  test("any table that was written as TOML is found whole", () => {
    const scalar = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(2e12) }),
    );
    const value = fc.oneof(scalar, fc.array(scalar), fc.dictionary(fc.string(), scalar));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), (table) => {
        const text = stringify(table);
        const parsed = parse(text);
        for (const span of scanToml(text).filter((s) => s.kind === "pair")) {
          let expected: unknown = parsed;
          for (const key of span.keys) expected = (expected as Record<string, unknown>)[key];
          expect(parseValue(text, span.value_start, span.end)).toEqual(expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("text that is not TOML ends too", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."[]{}=.,\"'#\n\\ a1") }), (text) => void scanToml(text)),
    );
  });
});

test("locate points at the key or the value, 1-based, or at the nearest table", () => {
  expect(locate(SAMPLE, ["title"], "value")).toEqual({ line: 2, column: 9 });
  expect(locate(SAMPLE, ["a", "b.c", "list"], "key")).toEqual({ line: 12, column: 1 });
  expect(locate(SAMPLE, ["products", "inline", "two words"], "key")).toEqual({ line: 18, column: 21 });
  expect(locate(SAMPLE, ["a"], "key")).toEqual({ line: 11, column: 1 });
  expect(locate(SAMPLE, ["a", "b.c", "gone"], "key")).toEqual({ line: 11, column: 1 });
  expect(locate(SAMPLE, ["zzz"], "key")).toBeNull();
});
