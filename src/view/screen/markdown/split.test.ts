import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { hostile } from "../hostile.suite.ts";
import { MARKDOWN } from "../samples.suite.ts";
import { emptySplit, splitMarkdown, splitMore } from "./split.ts";

/** Blocks as they become finished, and the rest, when the text comes in these pieces. */
function fed(pieces: readonly string[]): { blocks: string[]; rest: string } {
  let split = emptySplit;
  const blocks: string[] = [];
  for (const piece of pieces) {
    split = splitMore(split, piece);
    if (split.done !== "") blocks.push(split.done);
  }
  return { blocks, rest: split.rest };
}

/** Each character a piece: every block is finished by itself. */
const blocksOf = (text: string) => fed([...text]);

describe("a block is finished", () => {
  test.each<[string, string, string[]]>([
    ["a paragraph by a blank line", "one\ntwo\n\nthree", ["one\ntwo\n\n"]],
    ["a table by a blank line", "|a|b|\n|-|-|\n|1|2|\n\nx", ["|a|b|\n|-|-|\n|1|2|\n\n"]],
    ["a fence by its end", "```ts\na\n\nb\n```\nx", ["```ts\na\n\nb\n```\n"]],
    ["a longer fence not by a shorter one", "````\n```\n\n````\n", ["````\n```\n\n````\n"]],
    ["a fence not by another mark", "~~~\n```\n\n~~~\n", ["~~~\n```\n\n~~~\n"]],
    ["a paragraph by a fence", "say:\n```\nx\n```\n", ["say:\n", "```\nx\n```\n"]],
    ["a list by a line at the edge after a blank one", "- a\n\n- b\n\n  more\n\nend\n", ["- a\n\n- b\n\n  more\n\n"]],
    ["a list by a fence at the edge", "1. a\n```\n\nx\n```\n", ["1. a\n", "```\n\nx\n```\n"]],
    ["a list not by a fence within", "- a\n  ```\n\nx\n", []],
    ["a list not by the blank lines of a fence within", "- a\n  ```\n\n  b\n  ```\n\n- c\n", []],
    ["a fence beside the mark of an item not by a blank line", "- ```\n  a\n\n  b\n  ```\n", []],
    ["HTML by a blank line", "<div>\na\n\nb", ["<div>\na\n\n"]],
    ["HTML that has an end by that", "<pre>\na\n\nb\n</pre>\nx", ["<pre>\na\n\nb\n</pre>\n"]],
    ["a comment by its end", "<!-- a\n\nb -->\nx", ["<!-- a\n\nb -->\n"]],
    ["a rule of marks is no list", "* * *\n\nx", ["* * *\n\n"]],
  ])("%s", (_, text, blocks) => expect(blocksOf(text).blocks).toEqual(blocks));

  test("and a line without an end never is", () => {
    expect(splitMarkdown("a\n\n```\nx\n```")).toEqual({ done: "a\n\n", rest: "```\nx\n```" });
  });
});

test("finished blocks and the rest are the text; the blocks are the same whatever the pieces, and stay as the text grows", () => {
  const pieces = fc.array(fc.oneof(hostile, fc.constantFrom("\n", "\n\n", "```\n", "- x\n", MARKDOWN)), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(pieces, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (parts, sizes) => {
      const text = parts.join("");
      const cut: string[] = [];
      for (let at = 0; at < text.length; ) {
        const size = sizes.next().value ?? 1;
        cut.push(text.slice(at, at + size));
        at += size;
      }
      const [one, other] = [fed(cut), fed(parts)];
      expect(one.blocks.join("") + one.rest).toBe(text);
      expect([other.blocks.join(""), other.rest]).toEqual([one.blocks.join(""), one.rest]);
      expect(splitMarkdown(text)).toEqual({ done: one.blocks.join(""), rest: one.rest });
      for (let end = 0; end < text.length; end += 17) expect(text).toStartWith(splitMarkdown(text.slice(0, end)).done);
    }),
    { numRuns: 60 },
  );
});

test("1 MB in 20,000 pieces is gone through once, also when it is a single block", () => {
  // Looking at all of the rest each time would be 10 GB.
  const line = "word ".repeat(10);
  const kinds = { fence: "```ts\n", list: "- a\n", table: "|a|\n|-|\n", paragraph: "" };
  for (const [kind, begin] of Object.entries(kinds)) {
    const pieces = Array.from({ length: 20_000 }, (_, at) =>
      at % 7 === 0 ? `${line}\n${kind === "list" ? "- " : ""}` : line,
    );
    const { blocks, rest } = fed([begin, ...pieces]);
    expect([blocks, rest.length > 1_000_000]).toEqual([[], true]);
  }
});
