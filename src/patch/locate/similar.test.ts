import { describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { workspace } from "../testing.ts";
import { closestLine } from "./similar.ts";
import { suggestPath } from "./suggest.ts";

describe("the most similar line", () => {
  test("has most pairs of letters in common", () => {
    expect(closestLine(["alpha beta", "alpha gamma", "delta"], "alpha gamm", 0)).toBe(1);
    expect(closestLine(["  const a = 1;  "], "const a = 1;", 0)).toBe(0);
    expect(closestLine(["{", "{}"], "{}", 0)).toBe(1);
  });

  test("shares more than half of them, or is none", () => {
    // ab bc cd / ab bc xy … of three pairs each: two in common are enough, one and a half are not.
    expect(closestLine(["abcx"], "abcd", 0)).toBe(0);
    expect(closestLine(["abxx"], "abcd", 0)).toBeNull();
    // Exactly half.
    expect(closestLine(["abcxy"], "abcde", 0)).toBeNull();
    expect(closestLine(["", " ", "x"], "abcd", 0)).toBeNull();
    expect(closestLine(["abcd"], "x", 0)).toBeNull();
    expect(closestLine([], "abcd", 0)).toBeNull();
  });

  test("is the nearest to where it was looked for, the earlier of two", () => {
    const lines = ["same", "other", "same", "else", "same"];
    expect(closestLine(lines, "same", 0)).toBe(0);
    expect(closestLine(lines, "same", 1)).toBe(0);
    expect(closestLine(lines, "same", 2)).toBe(2);
    expect(closestLine(lines, "same", 3)).toBe(2);
    expect(closestLine(lines, "same", 99)).toBe(4);
    // A better one farther away wins.
    expect(closestLine(["some", "same"], "same", 0)).toBe(1);
  });

  test("is sought within 25,000 lines before and behind", () => {
    const lines = Array.from({ length: 60_000 }, () => "");
    const found = (at: number, from: number) => {
      lines[at] = "needle";
      const place = closestLine(lines, "needle", from);
      lines[at] = "";
      return place;
    };
    expect(found(5_000, 30_000)).toBe(5_000);
    expect(found(4_999, 30_000)).toBeNull();
    expect(found(54_999, 30_000)).toBe(54_999);
    expect(found(55_000, 30_000)).toBeNull();
    expect(found(49_999, 0)).toBe(49_999);
    expect(found(50_000, 0)).toBeNull();
  });

  test("is compared by its first 400 letters, and not with a short one when it has more than 800", () => {
    const letters = Array.from({ length: 1000 }, (_, n) => String.fromCharCode(0x4e00 + n)).join("");
    expect(closestLine([letters.slice(0, 400) + "x".repeat(400)], letters.slice(0, 400), 0)).toBe(0);
    expect(closestLine([letters.slice(0, 801)], letters.slice(0, 399), 0)).toBeNull();
    expect(closestLine([letters.slice(0, 800)], letters.slice(0, 399), 0)).toBe(0);
    expect(closestLine([letters], letters.slice(0, 400), 0)).toBe(0);
  });
});

describe("a path that was meant", () => {
  test("lies in the same directory and is much the same", () => {
    using space = workspace({ "src/parser.ts": "", "src/lexer.ts": "", "README.md": "", "src/Makefile": "" });
    mkdirSync(join(space.root, "src/parsers.ts"));
    expect(suggestPath(space.root, "src/parsr.ts")).toBe("src/parser.ts");
    expect(suggestPath(space.root, "./readme.MD")).toBe("README.md");
    expect(suggestPath(space.root, "src/makefile")).toBe("src/Makefile");
    expect(suggestPath(space.root, join(space.root, "src/parsr.ts"))).toBe(join(space.root, "src/parser.ts"));
    // Not a directory, and nothing that is only there elsewhere.
    expect(suggestPath(space.root, "src/parsers.ts")).toBe("src/parser.ts");
    expect(suggestPath(space.root, "parser.ts")).toBeNull();
    expect(suggestPath(space.root, "none/parser.ts")).toBeNull();
  });

  test("differs in case before it differs in letters", () => {
    using space = workspace({ abcdefgh1: "", ABCDEFGH: "" });
    expect(suggestPath(space.root, "abcdefgh")).toBe("ABCDEFGH");
  });
});
