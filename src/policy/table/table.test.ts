import { describe, expect, test } from "bun:test";
import { judgeCommand } from "../judge.ts";
import { GIT_ROWS, ROWS } from "./lookup.ts";

/** The examples are shell lines, as a model would send them. */
function verdict(line: string): string {
  const { verdict, reason } = judgeCommand(["bash", "-lc", line], { cwd: "/work/project", workspace: "/work/project" });
  return verdict === "safe" ? "safe" : `not safe: ${reason}`;
}

for (const row of [...ROWS, ...GIT_ROWS]) {
  describe(row.programs.slice(0, 3).join(" "), () => {
    for (const line of row.match) test(`safe: ${line}`, () => expect(verdict(line)).toBe("safe"));
    for (const line of row.not_match) test(`not safe: ${line}`, () => expect(verdict(line)).toStartWith("not safe"));
  });
}

test("no program has two rows", () => {
  for (const rows of [ROWS, GIT_ROWS]) {
    const names = rows.flatMap((row) => row.programs);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  }
});
