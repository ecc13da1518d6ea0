import { describe, expect, test } from "bun:test";
import { nameInHeader, pathsOfGitHeader, stripPrefixes, unquote } from "./names.ts";

test("a name in quotes has C escapes and octal bytes", () => {
  expect(unquote('"\\a\\b\\t\\n\\v\\f\\r\\"\\\\"')).toBe('\x07\b\t\n\v\f\r"\\');
  expect(unquote('"a\\303\\244b"')).toBe("aäb");
  expect(unquote('"\\377"')).toBe("\ufffd");
  expect(unquote('"ä €"')).toBe("ä €");
  expect(unquote('"\\q\\9"')).toBe("q9");
  expect(unquote('"a" rest')).toBe("a");
});

test("a name without quotes, or without their end, is itself", () => {
  for (const name of ["a", "", 'a"b"', '"a', '"a\\"']) expect(unquote(name)).toBe(name);
});

describe("the name in a header", () => {
  test.each<[string, string | null]>([
    ["--- a/f.txt", "a/f.txt"],
    ["+++ b/f.txt\t2026-01-01 00:00:00", "b/f.txt"],
    ["--- a b.txt  ", "a b.txt"],
    ['--- "a/\\303\\244.txt"\t2026', "a/ä.txt"],
    ["--- /dev/null", null],
    ["+++ /dev/null\t1970-01-01", null],
    ['--- "/dev/null"', null],
    ["--- /dev/nullx", "/dev/nullx"],
  ])("%s", (line, name) => {
    expect(nameInHeader(line)).toBe(name);
  });
});

describe("prefixes are taken off where they are some", () => {
  test.each<[string | null, string | null, boolean, string | null, string | null]>([
    ["a/f", "b/f", true, "f", "f"],
    ["a/f", "b/f", false, "f", "f"],
    ["a/f", null, true, "f", null],
    [null, "b/f", false, null, "f"],
    // With diff.mnemonicPrefix, which only git has.
    ["i/f", "w/f", true, "f", "f"],
    ["c/f", "o/f", true, "f", "f"],
    ["i/f", "w/f", false, "i/f", "w/f"],
    // The same first directory on both sides is one of the file.
    ["a/f", "a/f", true, "a/f", "a/f"],
    ["b/f", "b/f", false, "b/f", "b/f"],
    ["a/f", "f", true, "a/f", "f"],
    ["x/f", "b/f", true, "x/f", "b/f"],
    ["xa/f", "b/f", true, "xa/f", "b/f"],
    [null, null, true, null, null],
  ])("%p %p (git: %p)", (before, after, git, old_name, new_name) => {
    expect(stripPrefixes(before, after, git)).toEqual({ before: old_name, after: new_name });
  });
});

describe("a git header names a file when both sides are the same", () => {
  test.each<[string, string | null]>([
    ["diff --git a/f.txt b/f.txt", "f.txt"],
    ["diff --git a/f b.txt b/f b.txt", "f b.txt"],
    ["diff --git f.txt f.txt", "f.txt"],
    ["diff --git a/f.txt b/f.txt  ", "f.txt"],
    ['diff --git "a/\\303\\244" "b/\\303\\244"', "ä"],
    ['diff --git "a/x y" "b/x y"', "x y"],
    ["diff --git a/f.txt b/g.txt", null],
    ['diff --git "a/x" "b/y"', null],
    ["diff --git a/ b/", null],
    ["diff --git i/f w/f", "f"],
  ])("%s", (line, name) => {
    expect(pathsOfGitHeader(line)).toEqual(name === null ? null : { before: name, after: name });
  });
});
