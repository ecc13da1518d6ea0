// What a list that filters as one types costs, and what it finds: no key may wait for a long one.
import { expect, test } from "bun:test";
import { EMPTY } from "./composer/buffer.ts";
import { fits, rank } from "./fuzzy.ts";
import { pickerRows } from "./state/pickers.ts";

test("of a long list no more is ranked than a key may wait for, and all that fits is there", () => {
  const names = Array.from({ length: 10_000 }, (_, n) => `${"even more text of prompt ".repeat(4)}${n}`);
  names[9_000] = "other";
  const found = rank(names, "e");
  expect(found).toHaveLength(10_000);
  const ranked = found.filter(({ score }) => score > 0);
  expect(ranked.reduce((sum, { index }) => sum + (names[index]?.length ?? 0), 0)).toBeLessThanOrEqual(100_000);
  expect(new Set(found.map(({ index }) => index)).size).toBe(10_000);
});

test("what holds the query as it is comes first, wherever it stands in a long list", () => {
  const names = Array.from({ length: 10_000 }, (_, n) => `p${"-".repeat(40)}a-r-s-e-r ${n}`);
  names[9_999] = "mend the parser";
  expect(rank(names, "parser")[0]).toMatchObject({ index: 9_999, matched: [9, 10, 11, 12, 13, 14] });
});

test("a short list keeps fzf's order, and equals that of the list", () => {
  const names = ["a-b", "ab", "xab", "a-b"];
  expect(rank(names, "ab").map(({ index }) => index)).toEqual([1, 0, 3, 2]);
  expect(rank(["x".repeat(300_000)], "x")).toMatchObject([{ index: 0, matched: [0] }]);
});

test.each([
  ["Résumé", "resume", true],
  ["Résumé", "R", true],
  ["readme", "R", false],
  ["a/b", "ba", false],
  ["naïve", "ï", true],
])("%s and %s", (name, query, fit) => {
  expect(fits(name, query)).toBe(fit);
  expect(rank([name], query)).toHaveLength(fit ? 1 : 0);
});

test("the rows of a list are found once for each query", () => {
  const rows = ["one", "two"].map((name) => ({ id: name, name, description: "" }));
  const typed = (text: string) => ({ rows, query: { ...EMPTY, text } });
  const first = pickerRows(typed("o"));
  expect(pickerRows(typed("o"))).toBe(first);
  expect(pickerRows(typed("on")).map(({ row }) => row.id)).toEqual(["one"]);
  expect(pickerRows(typed("")).map(({ row }) => row.id)).toEqual(["one", "two"]);
});
