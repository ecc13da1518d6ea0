import { describe, expect, test } from "bun:test";
import type { ApprovalPolicy, Denial, Effect, Escalation, SandboxMode } from "../protocol/index.ts";
import {
  CONFINED,
  CWD,
  commandOf,
  inputOf,
  mcp,
  POLICIES,
  patchOf,
  ruleFor,
  rules,
  short,
  UNCONFINED,
} from "./decide.suite.ts";
import { type DecisionInput, decide, decideAfterDenial } from "./decide.ts";
import type { Granular } from "./modes.ts";
import { AS_MODE, OUTSIDE } from "./permit.ts";
import { NO_RULES, type Rules } from "./rules/rules.ts";

interface Row {
  name: string;
  effect: Effect;
  modes: SandboxMode[];
  /** One for each of untrusted, on-failure, on-request, never. */
  expected: [string, string, string, string];
}

const TABLE: Row[] = [
  {
    name: "a command that reads",
    effect: commandOf("git status && ls"),
    modes: [...CONFINED, ...UNCONFINED],
    expected: ["allow", "allow", "allow", "allow"],
  },
  {
    name: "a command that changes",
    effect: commandOf("npm test"),
    modes: [...CONFINED, ...UNCONFINED],
    expected: ["ask", "allow", "allow", "allow"],
  },
  {
    name: "asks to leave the sandbox",
    effect: commandOf("npm install", {}),
    modes: CONFINED,
    expected: ["ask outside", "allow", "ask outside", "forbid"],
  },
  {
    name: "asks for a directory",
    effect: commandOf("make", { want: "write", target: "/var/x" }),
    modes: CONFINED,
    expected: ["ask +write /var/x", "allow", "ask +write /var/x", "forbid"],
  },
  {
    name: "asks for the network",
    effect: commandOf("npm i", { want: "network", target: "h" }),
    modes: CONFINED,
    expected: ["ask +network", "allow", "ask +network", "forbid"],
  },
  {
    name: "reads, but asks to leave",
    effect: commandOf("ls", {}),
    modes: CONFINED,
    expected: ["ask outside", "allow", "ask outside", "forbid"],
  },
  {
    name: "asks to leave where there is no sandbox",
    effect: commandOf("npm i", {}),
    modes: UNCONFINED,
    expected: ["ask", "allow", "allow", "allow"],
  },
  {
    name: "patch in the workspace",
    effect: patchOf(`${CWD}/a`),
    modes: ["workspace-write", ...UNCONFINED],
    expected: ["ask", "allow", "allow", "allow"],
  },
  {
    name: "patch in read-only",
    effect: patchOf(`${CWD}/a`),
    modes: ["read-only"],
    expected: ["ask outside", "ask outside", "ask outside", "forbid"],
  },
  {
    name: "patch outside",
    effect: patchOf(`${CWD}/a`, "/etc/x"),
    modes: CONFINED,
    expected: ["ask outside", "ask outside", "ask outside", "forbid"],
  },
  {
    name: "patch of a protected place",
    effect: patchOf(`${CWD}/.moat/config.toml`),
    modes: CONFINED,
    expected: ["ask outside", "ask outside", "ask outside", "forbid"],
  },
  {
    name: "patch of an inner .git",
    effect: patchOf(`${CWD}/sub/.git/config`),
    modes: CONFINED,
    expected: ["ask outside", "ask outside", "ask outside", "forbid"],
  },
  {
    name: "patch of an inner .git, as a disk without cases has it",
    effect: patchOf(`${CWD}/sub/.GIT/config`),
    modes: CONFINED,
    expected: ["ask outside", "ask outside", "ask outside", "forbid"],
  },
  {
    name: "patch beside a root with the same start",
    effect: patchOf(`${CWD}-2/a`),
    modes: CONFINED,
    expected: ["ask outside", "ask outside", "ask outside", "forbid"],
  },
  {
    name: "patch outside, no sandbox",
    effect: patchOf("/etc/x"),
    modes: UNCONFINED,
    expected: ["ask", "allow", "allow", "allow"],
  },
  {
    name: "MCP tool that reads",
    effect: mcp(true),
    modes: [...CONFINED, ...UNCONFINED],
    expected: ["ask", "allow", "allow", "allow"],
  },
  {
    name: "MCP tool that acts",
    effect: mcp(false),
    modes: [...CONFINED, "external"],
    expected: ["ask", "ask", "ask", "forbid"],
  },
  {
    name: "MCP tool that acts, no sandbox",
    effect: mcp(false),
    modes: ["danger-full-access"],
    expected: ["ask", "allow", "allow", "allow"],
  },
];

describe("every policy × mode × effect", () => {
  for (const { name, effect, modes, expected } of TABLE) {
    for (const mode of modes) {
      test(`${name}, ${mode}`, () => {
        expect(POLICIES.map((policy) => short(decide(inputOf(effect, policy, mode))))).toEqual(expected);
      });
    }
  }

  test("never says that it is the approval policy", () => {
    const ruling = decide(inputOf(commandOf("npm i", {}), "never", "workspace-write"));
    expect(ruling).toMatchObject({ type: "forbid", reason: expect.stringContaining("approval policy is never") });
  });
});

test("git is not safe where the model says that it should start", () => {
  const inside = commandOf("git status");
  expect(short(decide(inputOf(inside, "untrusted", "workspace-write")))).toBe("allow");
  expect(short(decide(inputOf({ ...inside, cwd: `${CWD}/vendor` }, "untrusted", "workspace-write")))).toBe("ask");
  expect(short(decide(inputOf({ ...commandOf("ls"), cwd: "/tmp" }, "untrusted", "workspace-write")))).toBe("allow");
});

describe("rules", () => {
  const on = (
    line: string,
    list: Rules,
    policy: ApprovalPolicy = "on-request",
    escalation: Partial<Escalation> | null = null,
  ) => short(decide(inputOf(commandOf(line, escalation), policy, "workspace-write", { rules: list })));

  test("forbidden wins over everything", () => {
    const list = rules(ruleFor(["git", "push"], "forbidden"), ruleFor(["git"], "allow"));
    for (const policy of POLICIES) expect(on("git push", list, policy)).toBe("forbid");
    const grant = { effect: commandOf("git push"), permit: OUTSIDE };
    expect(
      decide(
        inputOf(commandOf("git push"), "on-request", "danger-full-access", { rules: list, session_grants: [grant] }),
      ).type,
    ).toBe("forbid");
  });

  test("a forbidden command is found in compounds, wrappers, paths and behind options", () => {
    const list = rules(ruleFor(["git", "push"], "forbidden"));
    for (const line of [
      "ls && git push origin",
      "(git push)",
      "echo $(git push)",
      "env A=b git push",
      "timeout 5 git push",
      "/usr/bin/git push",
      "./git push",
      "bash -c 'git push'",
      "nice -n 5 git push",
      "git -C x push",
      "git --no-pager push",
      "find . -exec git push \\;",
      "g\\it pu''sh",
      "if true; then git push; fi",
      "command git push",
      "xargs -I{} git push {}",
      "find . -exec ls {} \\; -exec git push \\;",
      "time git push",
      "git push > x",
    ])
      expect({ line, ruling: on(line, list) }).toEqual({ line, ruling: "forbid" });
  });

  test("where it only may be the forbidden command, a person is asked", () => {
    const list = rules(ruleFor(["git", "push"], "forbidden"));
    for (const line of [
      "git $x",
      "$x push",
      "echo push | xargs git",
      "f() { git push; }; f",
      "case a in a) git push;; esac",
    ]) {
      expect({ line, ruling: on(line, list) }).toEqual({ line, ruling: "ask" });
      expect({ line, ruling: on(line, list, "never") }).toEqual({ line, ruling: "forbid" });
    }
    for (const line of ["git status", "echo git push", "ls $x", "f() { echo legitimate; }; f"])
      expect({ line, ruling: on(line, list) }).toEqual({ line, ruling: "allow" });
  });

  test("prompt asks under every policy but never", () => {
    const list = rules(ruleFor(["npm"], "prompt"));
    expect(POLICIES.map((policy) => on("npm test", list, policy))).toEqual(["ask", "ask", "ask", "forbid"]);
  });

  test("allow runs outside the sandbox, also under never, unless the rule keeps it inside", () => {
    const list = rules(ruleFor(["npm", "install"], "allow"));
    expect(POLICIES.map((policy) => on("npm install x", list, policy))).toEqual(Array(4).fill("allow outside"));
    const inside = rules(ruleFor(["npm", "install"], "allow", true));
    expect(POLICIES.map((policy) => on("npm install x", inside, policy))).toEqual(Array(4).fill("allow"));
    expect(POLICIES.map((policy) => on("npm install x", inside, policy, {}))).toEqual([
      "ask outside",
      "allow",
      "ask outside",
      "forbid",
    ]);
  });

  test("allow covers a compound only when every part is allowed or reads", () => {
    const list = rules(ruleFor(["npm", "install"], "allow"));
    expect(on("cd web && npm install", list)).toBe("allow outside");
    expect(on("npm install && cat x", list)).toBe("allow");
    expect(on("npm install && make", list, "untrusted")).toBe("ask");
    expect(on("npm install > log", list, "untrusted")).toBe("ask");
    expect(on("PATH=. npm install", list, "untrusted")).toBe("ask");
    expect(on("npm install $(make)", list, "untrusted")).toBe("ask");
    expect(on("./npm install", list, "untrusted")).toBe("ask");
    expect(on("timeout 60 npm install", list)).toBe("allow outside");
    expect(on("npm $x", list, "untrusted")).toBe("ask");
  });

  test("a narrower wish of the model stays narrower than the rule", () => {
    const list = rules(ruleFor(["npm", "install"], "allow"));
    expect(on("npm install", list, "on-request", { want: "network", target: "h" })).toBe("allow +network");
  });
});

describe("session answers", () => {
  const grant = (effect: Effect, permit = AS_MODE) => ({ session_grants: [{ effect, permit }] });

  test("the exact command in the same directory, and nothing wider than was allowed", () => {
    const given = grant(commandOf("npm test"));
    const on = (effect: Effect) => short(decide(inputOf(effect, "untrusted", "workspace-write", given)));
    expect(on(commandOf("npm test"))).toBe("allow");
    expect(on(commandOf("npm test -- x"))).toBe("ask");
    expect(on({ ...commandOf("npm test"), cwd: "/work/other" })).toBe("ask");
    expect(on(commandOf("npm test", {}))).toBe("ask outside");
  });

  test("a wider one is used at once", () => {
    const given = grant(commandOf("npm test", {}), OUTSIDE);
    expect(short(decide(inputOf(commandOf("npm test"), "on-request", "workspace-write", given)))).toBe("allow outside");
  });

  test("files and tools", () => {
    const files = grant(patchOf("/etc/a", "/etc/b"), OUTSIDE);
    expect(short(decide(inputOf(patchOf("/etc/b"), "on-request", "workspace-write", files)))).toBe("allow outside");
    expect(short(decide(inputOf(patchOf("/etc/c"), "on-request", "workspace-write", files)))).toBe("ask outside");
    expect(short(decide(inputOf(mcp(false), "on-request", "workspace-write", grant(mcp(false)))))).toBe("allow");
  });

  test("a tool of one server says nothing of the same tool elsewhere, or of its other tools", () => {
    const given = grant(mcp(false));
    const on = (more: object) =>
      short(decide(inputOf({ ...mcp(false), ...more } as Effect, "on-request", "workspace-write", given)));
    expect(on({})).toBe("allow");
    expect(on({ server: "mail" })).toBe("ask");
    expect(on({ tool: "delete" })).toBe("ask");
  });
});

describe("granular and auto-edit", () => {
  const none: Granular = { sandbox_approval: false, rules: false, mcp_elicitations: false, request_permissions: false };
  const on = (effect: Effect, granular: Granular, list = NO_RULES) =>
    short(decide(inputOf(effect, "on-request", "workspace-write", { granular, rules: list })));

  test("each kind of question has its own switch", () => {
    expect(on(commandOf("npm i", {}), none)).toBe("forbid");
    expect(on(commandOf("npm i", {}), { ...none, sandbox_approval: true })).toBe("ask outside");
    expect(on(commandOf("npm i", { want: "network", target: "h" }), { ...none, sandbox_approval: true })).toBe(
      "forbid",
    );
    expect(on(commandOf("npm i", { want: "network", target: "h" }), { ...none, request_permissions: true })).toBe(
      "ask +network",
    );
    expect(on(mcp(false), { ...none, mcp_elicitations: true })).toBe("ask");
    expect(on(commandOf("npm i"), none, rules(ruleFor(["npm"], "prompt")))).toBe("forbid");
    expect(on(commandOf("npm i"), { ...none, rules: true }, rules(ruleFor(["npm"], "prompt")))).toBe("ask");
    expect(on(commandOf("npm i"), none)).toBe("allow");
  });

  test("auto-edit patches freely and asks about commands", () => {
    const auto = { free_patches: true };
    expect(short(decide(inputOf(patchOf(`${CWD}/a`), "untrusted", "workspace-write", auto)))).toBe("allow");
    expect(short(decide(inputOf(patchOf("/etc/a"), "untrusted", "workspace-write", auto)))).toBe("ask outside");
    expect(short(decide(inputOf(commandOf("npm test"), "untrusted", "workspace-write", auto)))).toBe("ask");
  });
});

describe("after a denial", () => {
  const denial = (more: Partial<Denial> = {}): Denial => ({
    rule: "writable_roots",
    kind: "write",
    target: "/var/x/y",
    explanation: "no writing there",
    opens: { add_dir: "/var/x" },
    grant: "--add-dir /var/x",
    ...more,
  });
  const after = (policy: ApprovalPolicy, given: Denial, had = AS_MODE, more: Partial<DecisionInput> = {}) =>
    short(decideAfterDenial(inputOf(commandOf("make"), policy, "workspace-write", more), given, had));

  test("asks once for the narrowest grant; never forbids", () => {
    expect(POLICIES.map((policy) => after(policy, denial()))).toEqual([
      "ask +write /var/x",
      "ask +write /var/x",
      "ask +write /var/x",
      "forbid",
    ]);
    expect(after("on-request", denial({ opens: { add_dir: "/var/a b'c" } }))).toBe("ask +write /var/a b'c");
    expect(after("on-request", denial({ kind: "network", opens: { network: "full" } }))).toBe("ask +network");
    expect(after("on-request", denial({ rule: "read-only", opens: { add_dir: CWD } }))).toBe(`ask +write ${CWD}`);
    expect(after("on-request", denial({ opens: null }))).toBe("ask outside");
    expect(after("on-request", denial({ kind: "read", opens: null }))).toBe("ask outside");
  });

  test("what becomes writable is read from the data, whatever the sentences say", () => {
    const told = { explanation: "add --add-dir /etc", grant: "--add-dir /etc --add-dir /" };
    expect(after("on-request", denial(told))).toBe("ask +write /var/x");
    expect(after("on-request", denial({ ...told, opens: null }))).toBe("ask outside");
  });

  test("a grant that was given already and did not help leads out", () => {
    expect(after("on-request", denial(), { ...AS_MODE, extra_write: ["/var/x"] })).toBe("ask outside");
    expect(after("on-request", denial(), { ...AS_MODE, network: "full" })).toBe("ask +write /var/x +network");
    expect(after("on-request", denial(), OUTSIDE)).toBe("forbid");
  });

  test("what ran already cannot be edited", () => {
    const ruling = decideAfterDenial(inputOf(commandOf("make"), "on-request", "workspace-write"), denial(), AS_MODE);
    expect(ruling.type === "ask" && ruling.choices.map((c) => c.decision)).not.toContain("edited");
  });

  test("rules and session answers that let it out need no question, also under never", () => {
    expect(after("never", denial(), AS_MODE, { rules: rules(ruleFor(["make"], "allow")) })).toBe("allow outside");
    expect(after("on-request", denial(), AS_MODE, { rules: rules(ruleFor(["make"], "allow", true)) })).toBe(
      "ask +write /var/x",
    );
    expect(
      after("on-request", denial(), AS_MODE, { session_grants: [{ effect: commandOf("make"), permit: OUTSIDE }] }),
    ).toBe("allow outside");
  });
});
