import { expect, test } from "bun:test";
import { isPlainVariable } from "./words.ts";

test("a variable is plain by its whole name and its whole value", () => {
  const plain = ["GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=", "GIT_AUTHOR_NAME=A; B", "PAGER=cat", "LC_ALL=C.UTF-8"];
  expect(plain.filter((word) => !isPlainVariable(word))).toEqual([]);
  const editors = ["GIT_EDITOR=true; evil", "EDITOR=cats", "VISUAL=/bin/true evil"];
  expect(editors.filter(isPlainVariable)).toEqual([]);
  const not = [
    "GIT_TERMINAL_PROMPT=a b",
    "MY_GIT_OPTIONAL_LOCKS=0",
    "GIT_OPTIONAL_LOCKS_X=0",
    "PAGER=less",
    "LC_ALL=C X",
  ];
  expect([...not, "GIT_DIR=x", "LD_PRELOAD=x", "PAGER"].filter(isPlainVariable)).toEqual([]);
});
