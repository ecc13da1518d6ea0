// A name that leads to a file of the project, or to one that commands can write, is not the program of that name.
import { describe, expect, test } from "bun:test";
import { commandOf, inputOf, ruleFor, rules, short } from "./decide.suite.ts";
import { decide } from "./decide.ts";
import { OUTSIDE } from "./permit.ts";

const foreign = (name: string) => (name === "ls" || name === "npm" ? `/work/project/node_modules/.bin/${name}` : null);
const decided = (
  line: string,
  more: Parameters<typeof inputOf>[3] = {},
  escalation: Parameters<typeof commandOf>[1] = null,
) =>
  short(
    decide(
      inputOf(commandOf(line, escalation), more.approval_policy ?? "untrusted", "workspace-write", {
        foreign,
        ...more,
      }),
    ),
  );

describe("what only reads", () => {
  for (const line of ["ls", "cat a | ls", "env ls", "xargs ls", "find . -exec ls {} +", "sh -c 'ls'", "timeout 1 ls"]) {
    test(line, () => {
      expect(decided(line)).toBe("ask");
      expect(decided(line.replace("ls", "cat"))).toBe(decided(line.replace("ls", "cat"), { foreign: () => null }));
    });
  }

  test("and says where the name leads", () => {
    const ruling = decide(inputOf(commandOf("ls"), "untrusted", "workspace-write", { foreign }));
    expect(ruling.reason).toContain("/work/project/node_modules/.bin/ls");
  });

  test("a program by its whole path in a system directory is what it says", () => {
    expect(decided("/bin/ls")).toBe("allow");
  });
});

describe("what was allowed by its name does not leave the sandbox as another program", () => {
  test("a rule", () => {
    const allow = { rules: rules(ruleFor(["npm", "test"], "allow")), approval_policy: "on-request" as const };
    expect(decided("npm test", { ...allow, foreign: () => null })).toBe("allow outside");
    expect(decided("npm test", allow)).toBe("allow");
    expect(decided("npm test", allow, {})).toBe("ask outside");
    expect(decided("npm test", { ...allow, approval_policy: "never" })).toBe("allow");
  });

  test("an answer for the session", () => {
    const grant = { effect: commandOf("npm test"), permit: OUTSIDE };
    const more = { session_grants: [grant], approval_policy: "on-request" as const };
    expect(decided("npm test", { ...more, foreign: () => null }, {})).toBe("allow outside");
    expect(decided("npm test", more, {})).toBe("ask outside");
  });

  test("and the question names the file", () => {
    const asked = decide(inputOf(commandOf("npm test", {}), "on-request", "workspace-write", { foreign }));
    expect(asked.reason).toContain("`npm` is /work/project/node_modules/.bin/npm here, which commands can write");
  });
});
