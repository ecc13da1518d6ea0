import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cells, withoutTabs } from "../../../term/index.ts";
import { hostile } from "../hostile.suite.ts";
import { breaks } from "./breaks.ts";
import { blanks, cut, exact, lineWidth, painted, reading, row, wrappedLine } from "./line.ts";

const rows = (text: string, columns: number, how: "words" | "cells" = "words") =>
  breaks(text, columns, how).map(([from, to]) => text.slice(from, to));

describe("rows", () => {
  test("break between words, and within a word only where it is longer than a row", () => {
    expect(rows("one two three", 8)).toEqual(["one two", "three"]);
    expect(rows("one  two   three", 5)).toEqual(["one", "two", "three"]);
    expect(rows("abcdefghij kl", 4)).toEqual(["abcd", "efgh", "ij", "kl"]);
    expect(rows("  set in text", 8)).toEqual(["  set in", "text"]);
    expect(rows("", 8)).toEqual([""]);
  });

  test("break between wide characters, but not before what closes and not behind what opens", () => {
    expect(rows("漢字かな。仮名", 8)).toEqual(["漢字か", "な。仮名"]);
    expect(rows("あい「うえ」", 6)).toEqual(["あい", "「う", "え」"]);
  });

  test("never part a picture or a letter from its marks", () => {
    expect(rows("👩🏽‍💻👩🏽‍💻👩🏽‍💻", 5)).toEqual(["👩🏽‍💻👩🏽‍💻", "👩🏽‍💻"]);
    expect(rows("e\u0301e\u0301e\u0301", 2)).toEqual(["e\u0301e\u0301", "e\u0301"]);
  });

  test("of code are cut where they are full, and together are the code", () => {
    expect(rows("  a  b  c", 4, "cells")).toEqual(["  a ", " b  ", "c"]);
    fc.assert(
      fc.property(hostile, fc.integer({ min: 2, max: 60 }), (text, columns) => {
        expect(rows(text, columns, "cells").join("")).toBe(text);
      }),
    );
  });

  test("of prose leave out nothing but the blanks at a break", () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 2, max: 60 }), (text, columns) => {
        const parts = breaks(text, columns, "words");
        parts.forEach(([from, to], at) => {
          const next = parts[at + 1]?.[0] ?? text.length;
          expect(text.slice(to, next)).toMatch(/^ *$/);
          expect(from).toBeLessThanOrEqual(to);
        });
        expect(parts[0]?.[0]).toBe(0);
      }),
    );
  });
});

test("tabs are blanks up to the next stop", () => {
  expect(withoutTabs("\ta\tbc\t漢\td", 4)).toBe("    a   bc  漢  d");
  expect(cells(withoutTabs("\t", 4))).toBe(4);
});

test("a line that is cut ends with an ellipsis and fits; one that fits is left as it is", () => {
  const text = (line: ReturnType<typeof cut>) => String(painted(line));
  expect(text(cut([exact("hello world")], 8))).toBe("hello w…");
  expect(text(cut([exact("漢字漢字")], 4))).toBe("漢…");
  expect(text(cut([exact("漢字")], 4))).toBe("漢字");
  expect(text(cut([reading("👩🏽‍💻👩🏽‍💻")], 4))).toBe("👩🏽‍💻👩🏽‍💻");
  expect(text(cut([reading(`a${"\u0301".repeat(9000)}`), exact("bc")], 2)).length).toBeLessThan(9000);
});

test("numbers stand at the right; where there is no room for both, words stay", () => {
  expect(String(painted(row([exact("left")], [exact("12 s")], 20)))).toBe("left            12 s");
  expect(String(painted(row([exact("a long left side")], [exact("12 s")], 20)))).toBe("a long left s…  12 s");
  expect(String(painted(row([exact("left")], [exact("0123456789abcdef")], 20)))).toBe("left");
});

test("what is painted keeps its paint in every row", () => {
  const paint = (text: Parameters<NonNullable<ReturnType<typeof exact>["paint"]>>[0]) =>
    exact(`<${String(text)}>`).shown;
  const lines = wrappedLine([exact("one "), exact("two three", paint), blanks(0)], 8).map((line) =>
    String(painted(line)),
  );
  expect(lines).toEqual(["one <two>", "<three>"]);
  expect(lineWidth([exact("漢"), exact("x")])).toBe(3);
});
