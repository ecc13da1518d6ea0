import { describe, expect, test } from "bun:test";
import { unwrapPatch } from "./unwrap.ts";

const inside = (text: string) => unwrapPatch(text).lines.join("|");

describe("what models wrap around a patch goes", () => {
  test.each<[string, string]>([
    ["nothing", "a\nb"],
    ["blank lines", "\n \n\ta\nb\n\n"],
    ["a fence", "```\na\nb\n```"],
    ["a fence with a language", "```diff-x.y+z_1\na\nb\n```\n"],
    ["a longer fence", "`````patch\na\nb\n`````"],
    ["a fence of tildes", "~~~\na\nb\n~~~"],
    ["a heredoc", "<<EOF\na\nb\nEOF"],
    ["a heredoc in quotes", "<<'PATCH'\na\nb\nPATCH\n"],
    ["a heredoc in double quotes", '<<"X_1"\na\nb\nX_1'],
    ["a heredoc that takes tabs off", "<<-EOF\na\nb\nEOF"],
    ["the command of a heredoc", "apply_patch <<'EOF'\na\nb\nEOF"],
    ["its other spelling", "applypatch  << EOF\na\nb\nEOF".replace("<< ", "<<")],
    ["several, one in the other", "```sh\n\napply_patch <<EOF\n\na\nb\n\nEOF\n```"],
    ["padding", "  ```  \na\nb\n  ```  "],
  ])("%s", (_, text) => {
    expect(inside(text).replace(/^\t/, "")).toBe("a|b");
  });
});

describe("what is no wrapper stays", () => {
  test.each([
    ["a fence that is not closed", "```\na\nb"],
    ["a fence that something else closes", "```\na\n~~~"],
    ["a fence that is closed by a longer one", "```\na\n````"],
    ["two ticks", "``\na\n``"],
    ["a fence with words", "```two words\na\n```"],
    ["a fence behind something", "x```\na\n```"],
    ["a heredoc with other quotes", "<<'EOF\"\na\nEOF"],
    ["a heredoc of another command", "cat <<EOF\na\nEOF"],
    ["a heredoc whose word begins with a number", "<<1EOF\na\n1EOF"],
    ["a heredoc with more behind it", "<<EOF x\na\nEOF"],
    ["one line that opens and closes", "```"],
  ])("%s", (_, text) => {
    expect(inside(text)).toBe(text.split("\n").join("|"));
  });
});

test("the offset counts the lines that came before", () => {
  expect(unwrapPatch("\n\n```\n\na\n```").offset).toBe(4);
  expect(unwrapPatch("a").offset).toBe(0);
  expect(unwrapPatch("\n\n")).toEqual({ lines: [], offset: 3 });
  expect(unwrapPatch("```\n```")).toEqual({ lines: [], offset: 1 });
});

test("a patch whose first line ends with CRLF loses it everywhere; in others a CR belongs to its line", () => {
  expect(inside("a\r\nb\r\nc\n")).toBe("a|b|c");
  expect(inside("\r\n\na\r\nb")).toBe("a|b");
  expect(inside("a\nb\r\nc")).toBe("a|b\r|c");
  expect(inside("a\r")).toBe("a");
  expect(inside("a\rb\n c\r\nd")).toBe("a\rb| c\r|d");
});
