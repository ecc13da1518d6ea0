// The form of a diff; that git and we read it is what git.test.ts holds.
import { describe, expect, test } from "bun:test";
import { editsBetween, quoteName, renderDiff, type ShownLines } from "./diff.ts";
import type { Edit } from "./edit.ts";

const NAMES = { before: "f", after: "f" };
const shown = (lines: string[]): ShownLines => ({ count: lines.length, line: (index) => lines[index] ?? "" });
const numbered = (count: number) => Array.from({ length: count }, (_, n) => `${n + 1}\n`);
const edit = (start: number, removed: number, ...added: string[]): Edit => ({ start, removed, added });
const hunks = (before: string[], ...edits: Edit[]) =>
  renderDiff(NAMES, shown(before), edits).split("\n").slice(2, -1).join("\n");

describe("a hunk", () => {
  test("has three lines around its change", () => {
    expect(hunks(numbered(20), edit(9, 1, "ten\n"))).toBe("@@ -7,7 +7,7 @@\n 7\n 8\n 9\n-10\n+ten\n 11\n 12\n 13");
  });

  test("has what is there of them at the ends of the file", () => {
    expect(hunks(numbered(3), edit(0, 1))).toBe("@@ -1,3 +1,2 @@\n-1\n 2\n 3");
    expect(hunks(numbered(3), edit(3, 0, "4\n"))).toBe("@@ -1,3 +1,4 @@\n 1\n 2\n 3\n+4");
  });

  test("is shared by changes whose surroundings touch", () => {
    expect(hunks(numbered(20), edit(4, 1), edit(11, 1)).match(/^@@.*$/gm)).toEqual(["@@ -2,14 +2,12 @@"]);
    expect(hunks(numbered(20), edit(4, 1), edit(12, 1)).match(/^@@.*$/gm)).toEqual([
      "@@ -2,7 +2,6 @@",
      "@@ -10,7 +9,6 @@",
    ]);
  });

  test("counts the lines that hunks before it added", () => {
    const text = hunks(numbered(40), edit(0, 0, "a\n", "b\n"), edit(20, 3), edit(39, 1, "x\n"));
    expect(text.match(/^@@.*$/gm)).toEqual(["@@ -1,3 +1,5 @@", "@@ -18,9 +20,6 @@", "@@ -37,4 +36,4 @@"]);
  });

  test("of one line or none says so as git does", () => {
    expect(hunks(["a\n"], edit(0, 1, "b\n"))).toBe("@@ -1 +1 @@\n-a\n+b");
    expect(hunks([], edit(0, 0, "a\n", "b\n"))).toBe("@@ -0,0 +1,2 @@\n+a\n+b");
    expect(hunks(["a\n", "b\n"], edit(0, 2))).toBe("@@ -1,2 +0,0 @@\n-a\n-b");
  });

  test("marks a last line without an end", () => {
    expect(hunks(["a"], edit(0, 1, "b"))).toBe(
      "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file",
    );
  });
});

test("a diff of more than 1 MiB ends with a word about it, between two lines", () => {
  const line = `${"x".repeat(1022)}\n`;
  // Each takes 1,024 characters with its sign.
  const added = (count: number) =>
    renderDiff(NAMES, shown([]), [edit(0, 0, ...Array.from({ length: count }, () => line))]);
  expect(added(1024)).not.toContain("left out");
  expect(added(1024).length).toBeGreaterThan(1024 * 1024);
  const cut = added(1025);
  expect(cut).toEndWith(`+${line}\\ The rest of this diff is left out: it is longer than 1 MiB\n`);
  expect(cut.match(/^\+x/gm)).toHaveLength(1024);
  const later = renderDiff(NAMES, shown(numbered(100)), [
    edit(0, 0, ...Array.from({ length: 1100 }, () => line)),
    edit(50, 1),
  ]);
  expect(later.match(/^@@/gm)).toHaveLength(1);
});

describe("names", () => {
  test("are quoted where they would not be read as they are", () => {
    expect([quoteName("a/", "f x"), quoteName("a/", "ä"), quoteName("b/", null)]).toEqual([
      "a/f x",
      "a/ä",
      "/dev/null",
    ]);
    expect(quoteName("a/", "/abs")).toBe("/abs");
    expect(quoteName("a/", 'q"b\\c')).toBe('"a/q\\"b\\\\c"');
    expect(quoteName("a/", "t\tn\nx\x01y\x1f\x7f")).toBe('"a/t\\tn\\nx\\001y\\037\x7f"');
  });

  test("stand in the head of a diff", () => {
    const head = renderDiff({ before: null, after: "n" }, shown([]), []).split("\n");
    expect(head).toEqual(["--- /dev/null", "+++ b/n", ""]);
  });
});

describe("edits between two files", () => {
  const between = (before: string, after: string) => editsBetween(shown([...before]), shown([...after]));

  test.each<[string, string, Edit[]]>([
    ["abc", "abc", []],
    ["", "ab", [edit(0, 0, "a", "b")]],
    ["ab", "", [edit(0, 2)]],
    ["abc", "xabc", [edit(0, 0, "x")]],
    ["abc", "abcx", [edit(3, 0, "x")]],
    ["abc", "abxc", [edit(2, 0, "x")]],
    ["aaa", "aa", [edit(2, 1)]],
    ["aa", "aaa", [edit(2, 0, "a")]],
    ["abcde", "xbcdy", [edit(0, 1, "x"), edit(4, 1, "y")]],
    ["abcdefg", "abxdyfg", [edit(2, 1, "x"), edit(4, 1, "y")]],
    ["abcdef", "abxyef", [edit(2, 2, "x", "y")]],
  ])("%s → %s", async (before, after, edits) => {
    expect(await between(before, after)).toEqual(edits);
  });

  test("of more than 2,000 changed lines are one", async () => {
    const lines = (count: number, mark: string) =>
      Array.from({ length: count }, (_, n) => (n % 2 === 0 ? `${mark}${n}` : `same ${n}`));
    const found = async (count: number) => editsBetween(shown(lines(count, "old ")), shown(lines(count, "new ")));
    expect(await found(1999)).toHaveLength(1000);
    expect(await found(2401)).toHaveLength(1);
  });
});
