import { describe, expect, test } from "bun:test";
import { oneLine } from "./one-line.ts";

describe("one line", () => {
  test("has single blanks and no ends", () => {
    expect(oneLine("  a\n\tb  c ", 10)).toBe("a b c");
  });

  test("is cut to its length in characters, the mark included", () => {
    expect(oneLine("abcde", 5)).toBe("abcde");
    expect(oneLine("abcdef", 5)).toBe("abcd…");
    // A character of two units counts once.
    expect(oneLine("😀😀😀", 3)).toBe("😀😀😀");
    expect(oneLine("😀😀😀😀", 3)).toBe("😀😀…");
    expect([...oneLine("😀".repeat(1000), 200)]).toHaveLength(200);
  });
});
