// Widths, lines that fit, links and what of a renderer's text may stay.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SafeText, safe } from "./index.ts";

const { width, wrap, cut, padEnd, link, ansi, styled, prose } = SafeText;
const bold = (text: string | SafeText) => styled(text, 1, 22);
const red = (text: string | SafeText) => styled(text, [38, 2, 255, 0, 0], 39);
const shown = (lines: readonly SafeText[]) => lines.map(String);

test.each([
  ["", 0],
  ["abc", 3],
  ["漢字", 4],
  ["한국어", 6],
  ["😀", 2],
  ["👩🏽‍💻", 2],
  ["👨‍👩‍👧‍👦", 2],
  ["🇩🇪", 2],
  ["1️⃣", 2],
  ["e\u0301", 1],
  ["क्‍ष", 2],
  ["ไทย", 3],
  ["שלום", 4],
  ["a\tb", 9],
  ["1234567\tb", 9],
  ["12345678\tb", 17],
  ["漢\t漢", 10],
])("%j fills %i cells", (text, cells) => {
  expect(width(prose(text))).toBe(cells);
  expect(width(bold(prose(text)))).toBe(cells);
  expect(width(link(prose(text), "https://example.com/"))).toBe(cells);
});

test("text that would turn its neighbours around is as wide as what is shown of it", () => {
  expect(width("a\u202eb")).toBe(10);
  expect(String(cut("a\u202ebc", 5))).toBe("a\\u{…");
});

describe("wrapping", () => {
  test.each([
    ["the quick brown fox", 10, ["the quick", "brown fox"]],
    ["  two of indent", 9, ["  two of", "indent"]],
    ["x\n\ny", 4, ["x", "", "y"]],
    ["aaaaaaa bb", 3, ["aaa", "aaa", "a", "bb"]],
    ["漢字漢字漢", 5, ["漢字", "漢字", "漢"]],
    ["a 漢字b", 4, ["a 漢", "字b"]],
    ["a\tb", 8, ["a", "b"]],
    ["\tb", 3, [" ", "b"]],
    ["a   ", 2, ["a"]],
    ["e\u0301e\u0301e\u0301", 2, ["e\u0301e\u0301", "e\u0301"]],
    ["👩🏽‍💻👩🏽‍💻", 3, ["👩🏽‍💻", "👩🏽‍💻"]],
    ["\u{1d158}\u{1d165}\u{1d16e}", 2, ["\u{1d158}\u{1d165}", "\u{1d16e}"]],
  ])("%j in %i columns", (text, columns, lines) => expect(shown(wrap(prose(text), columns))).toEqual(lines));

  test("each line ends the styles and links that it begins", () => {
    expect(shown(wrap(safe`${bold("one two")} x`, 4))).toEqual(["\x1b[1mone\x1b[22m", "\x1b[1mtwo\x1b[22m", "x"]);
    expect(shown(wrap(red("one two"), 4))).toEqual(["one", "two"].map((word) => `\x1b[38;2;255;0;0m${word}\x1b[39m`));
    expect(shown(wrap(link("one two", "https://a.b/"), 4))).toEqual(
      ["one", "two"].map((word) => `\x1b]8;;https://a.b/\x1b\\${word}\x1b]8;;\x1b\\`),
    );
  });

  const text = fc.array(
    fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom(" ", "  ", "\t", "\n", "漢", "👩🏽‍💻", "e\u0301", "word", "\x1b[1m"),
    ),
    { maxLength: 30 },
  );
  test("no line is too wide, and nothing but blanks is lost", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 30 }), fc.boolean(), (parts, columns, isBold) => {
        const whole = isBold ? bold(prose(parts.join(""))) : prose(parts.join(""));
        const lines = wrap(whole, columns);
        for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns);
        const bare = (line: string) => Bun.stripANSI(line).replace(/[ \t\n]/g, "");
        expect(lines.map((line) => bare(String(line))).join("")).toBe(bare(String(whole)));
      }),
    );
  });

  test("a cut line has the width that is asked for, or one less where a wide character does not fit", () => {
    const where = fc.constantFrom("end" as const, "middle" as const, "start" as const);
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 30 }), where, (parts, columns, at) => {
        const whole = prose(parts.join("").replaceAll("\n", ""));
        const line = cut(whole, columns, at);
        expect(width(line)).toBeLessThanOrEqual(columns);
        if (width(whole) <= columns) expect(width(line)).toBe(width(whole));
        else expect(width(line)).toBeGreaterThanOrEqual(columns - 2);
      }),
    );
  });
});

test("an ellipsis stands for what is left out", () => {
  expect(String(cut("abcdefgh", 5))).toBe("abcd…");
  expect(String(cut("abcdefgh", 5, "middle"))).toBe("ab…gh");
  expect(String(cut("abcdefgh", 5, "start"))).toBe("…efgh");
  expect(String(cut("abc", 3))).toBe("abc");
  expect(String(cut("abc", 0))).toBe("");
  expect(String(cut(bold("abcdef"), 3))).toBe("\x1b[1mab…\x1b[22m");
});

test("padding fills the line, and only when it is shorter", () => {
  expect(String(padEnd("漢", 4))).toBe("漢  ");
  expect(String(padEnd("abc", 2))).toBe("abc");
});

test("a part of another colour does not end the colour around it", () => {
  const dim = (text: string | SafeText) => styled(text, 90, 39);
  expect(String(dim(safe`a ${styled("b", 36, 39)} c`))).toBe("\x1b[90ma \x1b[36mb\x1b[39m\x1b[90m c\x1b[39m");
});

test.each([
  "javascript:alert(1)",
  "vscode://open",
  "data:text/html,x",
  "ssh://host",
  "no address",
  "",
  `https://x/${"y".repeat(3000)}`,
])("%s is no link", (url) => expect(String(link("text", url))).toBe("text"));

test.each(["http://a.b/c", "https://a.b/?q=%20", "file:///etc/hosts", "mailto:a@b.c"])("%s is one", (url) => {
  expect(String(link("text", url))).toBe(`\x1b]8;;${url}\x1b\\text\x1b]8;;\x1b\\`);
});

test("an address cannot end the sequence that it stands in", () => {
  expect(String(link("x", "https://a.b/\x1b\\\x07\u009c;漢"))).toMatch(
    /^\x1b\]8;;https:\/\/a\.b\/[!-~]*\x1b\\x\x1b\]8;;\x1b\\$/,
  );
});

describe("text of a renderer", () => {
  test.each([
    ["\x1b[1mbold\x1b[22m \x1b[38;2;1;2;3mred\x1b[39m", "\x1b[1mbold\x1b[22m \x1b[38;2;1;2;3mred\x1b[39m\x1b[0m"],
    ["\x1b[0;38;5;5;1mx\x1b[0m", "\x1b[0;38;5;5;1mx\x1b[0m"],
    ["\x1b[8mhidden\x1b[5mblinks\x1b[28m", "hiddenblinks"],
    ["\x1b[58;5;8;1mx\x1b[m", "\x1b[1mx\x1b[m"],
    ["\x1b]8;;https://a.b/\x07x\x1b]8;;\x07", "\x1b]8;;https://a.b/\x1b\\x\x1b]8;;\x1b\\"],
    ["\x1b]8;id=1;https://a.b/\x1b\\x", "\x1b]8;;https://a.b/\x1b\\x\x1b]8;;\x1b\\"],
    ["\x1b]8;;javascript:x\x1b\\x\x1b]8;;\x1b\\", "x"],
    ["\x1b[2J\x1b[?1049h\x1b]0;t\x07\x9b1m\x00", "\\x1b[2J\\x1b[?1049h\\x1b]0;t\\x07\\x9b1m\\x00"],
    ["\x1b]52;c;eA==\x07\x1bP+q\x1b\\", "\\x1b]52;c;eA==\\x07\\x1bP+q\\x1b\\"],
    ["a\u202eb", "a\\u{202e}b"],
  ])("%j", (text, safe) => expect(String(ansi(text))).toBe(safe));

  test("whatever it is, nothing but styles and links is left for the terminal to obey", () => {
    const pieces = fc.constantFrom(
      "\x1b",
      "[",
      "]8;;",
      "https://a.b",
      "\x1b\\",
      "\x07",
      "31m",
      "8",
      ";",
      "m",
      "x",
      "\x9b",
      "漢",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const left = String(ansi(parts.join(""))).replace(/\x1b\[[0-9;:]*m|\x1b\]8;;[!-~]*\x1b\\/g, "");
        expect(left).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
      }),
    );
  });
});
