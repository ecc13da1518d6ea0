import { expect, test } from "bun:test";
import { count, duration, money, several, size } from "./quantity.ts";

test.each([
  [0, "0.0 s"],
  [20, "< 0.1 s"],
  [400, "0.4 s"],
  [4_249, "4.2 s"],
  [9_949, "9.9 s"],
  [9_960, "10 s"],
  [48_400, "48 s"],
  [59_600, "1 min"],
  [130_000, "2 min 10 s"],
  [3_600_000, "1 h"],
  [3_900_000, "1 h 5 min"],
  [90_000_000, "1 d 1 h"],
])("%i ms are %s", (ms, text) => expect(duration(ms)).toBe(text));

test.each([
  [0, "0"],
  [58, "58"],
  [999, "999"],
  [1_000, "1k"],
  [3_149, "3.1k"],
  [14_200, "14.2k"],
  [99_960, "100k"],
  [123_456, "123k"],
  [999_600, "1M"],
  [2_340_000, "2.3M"],
])("%i is %s", (value, text) => expect(count(value)).toBe(text));

test("sizes, money, plurals", () => {
  expect([size(999), size(1_200), size(14_200_000)]).toEqual(["999 B", "1.2 kB", "14.2 MB"]);
  expect([money(0), money(0.0001), money(0.004), money(0.041), money(12.3)]).toEqual([
    "$0.00",
    "< $0.001",
    "$0.004",
    "$0.04",
    "$12.30",
  ]);
  expect([several(1, "file"), several(0, "file"), several(3, "reply", "replies")]).toEqual([
    "1 file",
    "0 files",
    "3 replies",
  ]);
});
