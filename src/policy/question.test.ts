// What a question offers, and what each answer would do.
import { describe, expect, test } from "bun:test";
import type { ApprovalPolicy, Effect, Escalation } from "../protocol/index.ts";
import { commandOf, inputOf, short } from "./decide.suite.ts";
import { decide } from "./decide.ts";
import { parseRules } from "./rules/parse.ts";
import { NO_RULES } from "./rules/rules.ts";

describe("the question", () => {
  const asked = (line: string, escalation: Partial<Escalation> | null = null, policy: ApprovalPolicy = "untrusted") => {
    const ruling = decide(inputOf(commandOf(line, escalation), policy, "workspace-write"));
    if (ruling.type !== "ask") throw new Error(`not asked: ${short(ruling)}`);
    return ruling;
  };

  test("offers every answer, and says what each does", () => {
    const { choices, prefix } = asked("npm run test");
    expect(choices.map(({ decision }) => decision)).toEqual([
      "approved",
      "session",
      "always",
      "edited",
      "denied",
      "abort",
    ]);
    expect(prefix).toEqual(["npm", "run", "test"]);
    expect(choices[2]?.prefix).toEqual(["npm", "run", "test"]);
    expect(choices[2]?.rule).toBe('prefix_rule(pattern=["npm", "run", "test"], decision="allow", sandboxed=True)\n');
  });

  test("shows which earlier commands the rule would have matched", () => {
    const past = ["npm run test -- a", "ls", "npm run test"].map((line) => commandOf(line));
    const ruling = decide(inputOf(commandOf("npm run test"), "untrusted", "workspace-write", { past }));
    expect(ruling).toMatchObject({ choices: [{}, {}, { matched: ["npm run test", "npm run test -- a"] }, {}, {}, {}] });
  });

  test("a rule that leaves the sandbox is only offered where leaving it was asked", () => {
    const { choices } = asked("npm install", {}, "on-request");
    expect(choices[2]?.rule).toBe('prefix_rule(pattern=["npm", "install"], decision="allow")\n');
    expect(choices[0]?.label).toContain("outside the sandbox");
  });

  test("a rule for a narrower grant opens just that, inside the sandbox", () => {
    const network = asked("npm install x", { want: "network", target: "h" }, "on-request").choices[2]?.rule ?? "";
    expect(network).toBe('prefix_rule(pattern=["npm", "install"], decision="allow", sandboxed=True, network=True)\n');
    const write = asked("make all", { want: "write", target: "/var/x" }, "on-request").choices[2]?.rule ?? "";
    expect(write).toBe('prefix_rule(pattern=["make", "all"], decision="allow", sandboxed=True, write=["/var/x"])\n');
    const parsed = parseRules(network + write, "f.rules");
    const list = parsed.ok ? parsed.rules : NO_RULES;
    const on = (line: string, more: Partial<Escalation> | null = null) =>
      short(decide(inputOf(commandOf(line, more), "on-request", "workspace-write", { rules: list })));
    expect(on("npm install y")).toBe("allow +network");
    expect(on("npm install y", { want: "network", target: "i" })).toBe("allow +network");
    expect(on("npm install y", { want: "write", target: "/var/x" })).toBe("ask +write /var/x");
    expect(on("npm install y", {})).toBe("ask outside");
    expect(on("make all | tail -5")).toBe("allow +write /var/x");
    expect(on("make all; npm install y")).toBe("allow");
    expect(on("make all", { want: "write", target: "/var/x/y" })).toBe("allow +write /var/x");
  });

  test("what can be edited is the shell's text, and not what already ran", () => {
    const edited = asked("npm run test").choices.find(({ decision }) => decision === "edited");
    expect(edited?.command).toBe("npm run test");
    const words: Effect = { ...commandOf("x"), argv: ["make", "a b"], command: "make 'a b'" };
    const ruling = decide(inputOf(words, "untrusted", "workspace-write"));
    expect(ruling.type === "ask" && ruling.choices.find((c) => c.decision === "edited")?.command).toBe("make 'a b'");
  });

  test("no rule for what could be anything", () => {
    for (const line of [
      "python3 x.py",
      "rm -rf a",
      "sudo make",
      "bash x.sh",
      "npx foo",
      "npm x > y",
      "make && npm test",
      "git push",
      "$x",
      "find . -delete",
    ]) {
      expect({ line, prefix: asked(line).prefix }).toEqual({ line, prefix: null });
    }
  });

  test("the model's own proposal is taken when it fits", () => {
    expect(asked("npm run build -- --watch", { prefix_rule: ["npm", "run", "build", "--"] }).prefix).toEqual([
      "npm",
      "run",
      "build",
      "--",
    ]);
    expect(asked("npm run build", { prefix_rule: ["npm"] }).prefix).toEqual(["npm", "run", "build"]);
    expect(asked("npm run build", { prefix_rule: ["make"] }).prefix).toEqual(["npm", "run", "build"]);
  });
});
