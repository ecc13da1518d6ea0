// The built binary with the same rule files and commands: it says what codex says, but for what the table says of moat.
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { world } from "../harness.ts";
import { RULE_CASES, ruleAnswer } from "./rule-cases.ts";

for (const { name, rules, command, flags = [], codex, moat } of RULE_CASES) {
  test(name, async () => {
    await using w = await world([]);
    const file = join(w.home, "a.rules");
    writeFileSync(file, rules);
    const { exit, stdout, stderr } = await w.moat(["execpolicy", "check", "-r", file, ...flags, ...command]);
    const answer = ruleAnswer(exit, stdout);
    expect({ answer, stderr }).toEqual({
      answer: moat === undefined ? codex : moat.answer,
      stderr: answer === null ? expect.stringMatching(/a\.rules:\d+:\d+: \S/) : "",
    });
  });
}
