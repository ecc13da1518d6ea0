import { describe, expect, test } from "bun:test";
import { relative } from "node:path";
import fc from "fast-check";
import { fromHome, isBeneath, isWithin, namesGitDirectory } from "./index.ts";

/** Absolute paths, some with parts that resolve to others. */
const path = fc
  .array(fc.constantFrom("a", "b", "ab", ".git", "..", ".", "", "..."), { maxLength: 5 })
  .map((parts) => `/${parts.join("/")}`);

describe("inside a directory", () => {
  test.each([
    ["/a", "/a", true],
    ["/a/b", "/a", true],
    ["/ab", "/a", false],
    ["/a/../b", "/a", false],
    ["/a/../b", "/b", true],
    ["/a/b", "/a/", true],
    ["/a/..b", "/a", true],
    ["/a", "/", true],
    ["/", "/a", false],
  ])("%s in %s: %p", (one, directory, within) => {
    expect(isWithin(one, directory)).toBe(within);
  });

  test("is what resolving both says, however they are spelled", () => {
    fc.assert(
      fc.property(path, path, (one, directory) => {
        const way = relative(directory, one);
        expect(isWithin(one, directory)).toBe(way === "" || (way !== ".." && !way.startsWith("../")));
        expect(isBeneath(one, directory)).toBe(way !== "" && isWithin(one, directory));
      }),
    );
  });
});

test.each([
  ["/home/a", "~"],
  ["/home/a/src", "~/src"],
  ["/home/ab", "/home/ab"],
  ["/tmp", "/tmp"],
])("%s is %s for people", (path, shown) => expect(fromHome(path, "/home/a")).toBe(shown));

test.each([
  [".git", true],
  ["a/.git/hooks/pre-commit", true],
  [".GIT/config", true],
  ["sub/.Git", true],
  [".g\u200cit/config", true],
  ["git~1/config", true],
  [".git /config", true],
  [".git./config", true],
  [".git::$INDEX_ALLOCATION/config", true],
  ["a\\.git\\config", true],
  [".gitignore", false],
  [".github/workflows/ci.yml", false],
  ["git/config", false],
  ["a.git/config", false],
])("%s names a place of git: %p", (path, names) => expect(namesGitDirectory(path)).toBe(names));
