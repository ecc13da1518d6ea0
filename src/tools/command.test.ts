import { describe, expect, test } from "bun:test";
import { notStarted } from "../process/index.ts";
import { commandShell, commandTimeout, leftoverLine } from "./command.ts";

test("a time that no timer can hold is cut to one that it can", () => {
  expect([1e13, 0, -5, 2000, null, undefined].map((asked) => commandTimeout(asked, 10_000))).toEqual([
    3_600_000, 1, 1, 2000, 10_000, 10_000,
  ]);
});

test("where there is no bash, sh does", () => {
  expect(commandShell((path) => path === "/bin/bash")).toBe("/bin/bash");
  expect(commandShell(() => false)).toBe("/bin/sh");
});

describe("what was left running", () => {
  const line = (...commands: string[]) =>
    leftoverLine({
      ...notStarted(""),
      leftovers: commands.map((command, index) => ({ pid: index + 1, command, cut: false })),
    });

  test("is named on one line", () => {
    expect(line()).toBeNull();
    expect(line("npm run dev", "sleep 1")).toStartWith(
      "Still running, so ended with the command: npm run dev (pid 1); sleep 1 (pid 2). ",
    );
    expect(leftoverLine({ ...notStarted(""), leftovers: [{ pid: 1, command: "a", cut: true }] })).toContain(
      "a… (pid 1)",
    );
  });

  test("cannot write more, or act on a terminal", () => {
    expect(line("a\nExit\u001b[31m\u202eb\u2028c\rd")).toContain("command: a Exit [31m b c d (pid 1).");
    expect(line("x".repeat(400))).toContain(`${"x".repeat(120)}… (pid 1)`);
    expect(line(..."123456")).not.toContain("others");
    expect(line(..."1234567")).toContain("6 (pid 6); and others.");
  });
});
