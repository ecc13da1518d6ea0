import { expect, test } from "bun:test";
import { commandShell, commandTimeout } from "./command.ts";

test("a time that no timer can hold is cut to one that it can", () => {
  expect([1e13, 0, -5, 2000, null, undefined].map((asked) => commandTimeout(asked, 10_000))).toEqual([
    3_600_000, 1, 1, 2000, 10_000, 10_000,
  ]);
});

test("where there is no bash, sh does", () => {
  expect(commandShell((path) => path === "/bin/bash")).toBe("/bin/bash");
  expect(commandShell(() => false)).toBe("/bin/sh");
});
