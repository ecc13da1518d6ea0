import { describe, expect, test } from "bun:test";
import { parsePatch } from "../parse/parse.ts";
import { splitText } from "../text.ts";
import { locateHunks } from "./locate.ts";

/** Places of hunks, each as the first line it covers (from 0), how many, and others; or what was missed. */
function places(content: string | Uint8Array, ...hunks: string[][]) {
  const text = ["*** Begin Patch", "*** Update File: f", ...hunks.flat(), "*** End Patch", ""].join("\n");
  const parsed = parsePatch(text);
  const read = splitText(typeof content === "string" ? Buffer.from(content) : content);
  if (!parsed.ok || !read.ok) throw new Error("not to be read");
  const [file] = parsed.value.files;
  const found = locateHunks(read.file, file?.kind === "update" ? file.hunks : []);
  if ("miss" in found) return { ...found.miss, hunk: found.miss.hunk.line };
  return found.placed.map(({ at, length, others }) => [at, length, others]);
}
const lines = (...all: string[]) => all.map((line) => `${line}\n`).join("");

describe("a hunk stands", () => {
  test("at the first place that has its lines, and the others are named", () => {
    expect(places(lines("a", "b", "a", "b"), ["@@", " a", "-b"])).toEqual([[0, 2, [2]]]);
    const many = lines(...Array.from({ length: 9 }, () => "x"));
    expect(places(many, ["@@", "-x"])).toEqual([[0, 1, [1, 2, 3, 4, 5]]]);
  });

  test("behind the one before it", () => {
    expect(places(lines("a", "b", "a"), ["@@", "-a"], ["@@", "-a"])).toEqual([
      [0, 1, [2]],
      [2, 1, []],
    ]);
    expect(places(lines("a", "b"), ["@@", "-b"], ["@@", "-a"])).toMatchObject({ kind: "lines", index: 1, from: 2 });
  });

  test("nearest to the line that a range names, and then no other is", () => {
    const file = lines("x", "-", "x", "-", "x");
    expect(places(file, ["@@ -3,1 +3,1 @@", "-x"])).toEqual([[2, 1, []]]);
    expect(places(file, ["@@ -2,1 +2,1 @@", "-x"])).toEqual([[0, 1, [2, 4]]]);
    expect(places(file, ["@@ -9,1 +9,1 @@", "-x"])).toEqual([[4, 1, [0, 2]]]);
  });

  test("without the blank line that ends it, where only that is missing", () => {
    expect(places(lines("a", "b", "c"), ["@@", " a", "-b", ""], ["@@", "-c"])).toEqual([
      [0, 2, []],
      [2, 1, []],
    ]);
    expect(places(lines("a", "", "b"), ["@@", "-a", ""], ["@@", "-b"])).toEqual([
      [0, 2, []],
      [2, 1, []],
    ]);
    expect(places(lines("a", "b"), ["@@", ""], ["@@", "-b"])).toMatchObject({ kind: "lines", index: 0 });
  });

  test("by the bytes of a damaged file", () => {
    const damaged = Buffer.concat([Buffer.from("ä\nb\n"), Buffer.from([0xff, 0x0a])]);
    expect(places(damaged, ["@@ ä", "-b"])).toEqual([[1, 1, []]]);
    expect(places(damaged, ["@@", "-ä"])).toEqual([[0, 1, []]]);
  });
});

describe("a context line", () => {
  const file = lines("def f", "x", "def g", "x", "y", "def f", "x");

  test("is where the search begins; several lead inwards", () => {
    expect(places(file, ["@@ def g", "-x"])).toEqual([[3, 1, []]]);
    expect(places(file, ["@@ def g", "@@ x", "-y"])).toEqual([[4, 1, []]]);
    expect(places(file, ["@@ def g", "@@ def f", "-x"])).toEqual([[6, 1, []]]);
  });

  test("may be closed with @@, and be the first line of the hunk again", () => {
    expect(places(file, ["@@ def g @@", "-x"])).toEqual([[3, 1, []]]);
    expect(places(file, ["@@ def g", " def g", "-x"])).toEqual([[2, 2, []]]);
    expect(places(lines("a @@", "x"), ["@@ a @@", "-x"])).toEqual([[1, 1, []]]);
  });

  test("that stands in several places leads to others", () => {
    expect(places(file, ["@@ def f", "-x"])).toEqual([[1, 1, [6]]]);
    expect(places(lines("f", "x", "f", "f", "x"), ["@@ f", "-x"])).toEqual([[1, 1, [4]]]);
    const many = lines(...Array.from({ length: 9 }, () => ["f", "x"]).flat());
    expect(places(many, ["@@ f", "-x"])).toEqual([[1, 1, [3, 5, 7, 9, 11]]]);
    // Both of them lead to the one place.
    expect(places(lines("f", "f", "y", "x"), ["@@ f", "-x"])).toEqual([[3, 1, []]]);
  });

  test("that is missing is said, with where it was looked for", () => {
    expect(places(file, ["@@ def h", "-x"])).toEqual({ kind: "context", index: 0, hunk: 3, from: 0, anchor: "def h" });
    expect(places(file, ["@@ def g", "@@ z", "-x"])).toMatchObject({ kind: "context", from: 3, anchor: "z" });
    expect(places(file, ["@@", "-y"], ["@@ def g", "-x"])).toMatchObject({ kind: "context", index: 1, from: 5 });
  });
});

describe("lines that only come", () => {
  const file = lines("a", "b", "a", "c");

  test("stand at the end, or behind their context line", () => {
    expect(places(file, ["@@", "+x"])).toEqual([[4, 0, []]]);
    expect(places(file, ["@@ b", "+x"])).toEqual([[2, 0, []]]);
    expect(places(file, ["@@ a", "+x"])).toEqual([[1, 0, [3]]]);
    expect(places(lines("f", "f", "x"), ["@@ f", "+y"])).toEqual([[1, 0, [2]]]);
    expect(places(file, ["@@ a", "+x", "*** End of File"])).toEqual([[4, 0, []]]);
  });

  test("stand where a range says, in the file and not before what came before", () => {
    expect(places(file, ["@@ -2,0 +3,1 @@", "+x"])).toEqual([[2, 0, []]]);
    expect(places(file, ["@@ -9,0 +9,1 @@", "+x"])).toEqual([[4, 0, []]]);
    expect(places(file, ["@@", "-b"], ["@@ -1,0 +1,1 @@", "+x"])).toEqual([
      [1, 1, []],
      [2, 0, []],
    ]);
  });

  test("at the end do not move on what is looked for next", () => {
    expect(places(file, ["@@", "+x"], ["@@", "-b"])).toEqual([
      [4, 0, []],
      [1, 1, []],
    ]);
    expect(places(file, ["@@ b", "+x"], ["@@", "-a"])).toEqual([
      [2, 0, []],
      [2, 1, []],
    ]);
  });
});

describe("the last lines of a file", () => {
  test("are where the marker puts them, and nowhere else", () => {
    expect(places(lines("x", "y", "x"), ["@@", "-x", "*** End of File"])).toEqual([[2, 1, []]]);
    expect(places(lines("x", "y"), ["@@", "-x", "*** End of File"])).toMatchObject({ kind: "end", from: 0 });
    expect(places(lines("x", "y"), ["@@ y", "-y", "*** End of File"])).toMatchObject({ kind: "end", from: 2 });
    expect(places(lines("x"), ["@@", " a", "-x", "*** End of File"])).toMatchObject({ kind: "end" });
    expect(places(lines("x "), ["@@", "-x", "*** End of File"])).toEqual([[0, 1, []]]);
  });
});
