import { describe, expect, test } from "bun:test";
import { LineFinder } from "./seek.ts";

const find = (lines: string, pattern: string, from = 0, nearest: number | null = null) =>
  new LineFinder([...lines], [...pattern]).find([...pattern], from, nearest)?.at ?? null;

describe("a sequence of lines is found", () => {
  test("at its first place at or after the start", () => {
    expect(find("xaxa", "a")).toBe(1);
    expect(find("xaxa", "a", 1)).toBe(1);
    expect(find("xaxa", "a", 2)).toBe(3);
    expect(find("xaxa", "a", 4)).toBe(null);
  });

  test("whole, up to the last line of the file", () => {
    expect(find("abxab", "xab")).toBe(2);
    expect(find("abxab", "aba")).toBe(null);
    expect(find("abxab", "abxabx")).toBe(null);
    // What comes behind the last line is nothing, and no blank line.
    expect(new LineFinder(["", "a"], ["a", ""]).find(["a", ""], 0, null)).toBe(null);
  });

  test("by its rarest line, wherever that stands in it", () => {
    expect(find("aaaabaaac", "ab")).toBe(3);
    expect(find("aaaabaaac", "aaac")).toBe(5);
    expect(find("aaaabaaac", "aaab", 1)).toBe(1);
    expect(find("aaaabaaac", "aaab", 2)).toBe(null);
  });
});

describe("near a line it is found", () => {
  test("at the place that is closest, before or after", () => {
    expect(find("a---a--a", "a", 0, 3)).toBe(4);
    expect(find("a---a--a", "a", 0, 1)).toBe(0);
    expect(find("a---a--a", "a", 0, 99)).toBe(7);
    expect(find("a---a--a", "a", 1, 0)).toBe(4);
  });

  test("at the earlier of two that are equally close", () => {
    expect(find("-a-a-", "a", 0, 2)).toBe(1);
    expect(find("a---a", "a", 0, 2)).toBe(0);
  });
});
