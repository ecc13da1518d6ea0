import { expect, test } from "bun:test";
import { printedText } from "./printed.ts";

test.each([
  ["plain text is the same", "a\n\tb\n", "a\n\tb\n"],
  ["colours", "\u001b[31mred\u001b[0m\n", "red\n"],
  ["a progress bar", "10%\r50%\r100%\ndone\n", "100%\ndone\n"],
  ["a shorter text over a longer one", "Downloading\rDone\n", "Doneloading\n"],
  ["the same, erased first", "Downloading\r\u001b[KDone\n", "Done\n"],
  ["all of the line erased", "Downloading\u001b[2K\rDone\n", "Done\n"],
  ["Windows' line ends", "a\r\nb\r\n", "a\nb\n"],
  ["backspaces, as in manual pages", "b\bbo\bol\bld\n", "bold\n"],
  ["a spinner", "|\b/\b-\bok\n", "ok\n"],
  ["a link and a title", "\u001b]8;;http://x\u0007link\u001b]8;;\u0007 \u001b]0;title\u0007\n", "link \n"],
  ["a title that never ends", "\u001b]0;title\nline 2\n", "0;title\nline 2\n"],
  ["other strings that never end", "a\u001bPb\u001b_c\nd\u001b^e\n", "abc\nde\n"],
  ["controls beyond ASCII, as in text of another encoding", "Ý\u0090’è\u009d\nb\u009b31mc\n", "Ý’è\nb31mc\n"],
  ["bells and others", "a\u0007b\u0000c\u0085d\n", "abcd\n"],
])("%s", (_, text, seen) => expect(printedText(text)).toBe(seen));

test("takes time that grows with the text alone", () => {
  const bar = Array.from({ length: 200_000 }, (_, at) => `\r${at}`).join("");
  expect(printedText(`${bar}\n`)).toBe("199999\n");
});

test("a redrawn line of any length, with characters of every size", () => {
  const line = "aä€😀".repeat(30_000);
  expect(printedText(`${line}\rb\n\ud83d\rc`)).toBe(`b${line.slice(1)}\nc`);
});
