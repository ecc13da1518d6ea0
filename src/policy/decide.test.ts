import { describe, expect, test } from "bun:test";
import type { ApprovalPolicy, Denial, Effect, Escalation, SandboxMode } from "../protocol/index.ts";
import { type DecisionInput, decide, decideAfterDenial, type Ruling } from "./decide.ts";
import type { Granular } from "./modes.ts";
import { AS_MODE, OUTSIDE } from "./permit.ts";
import { parseRules } from "./rules/parse.ts";
import type { PrefixRule, RuleDecision } from "./rules/rule.ts";
import { NO_RULES, type Rules } from "./rules/rules.ts";

const POLICIES: ApprovalPolicy[] = ["untrusted", "on-failure", "on-request", "never"];
const CONFINED: SandboxMode[] = ["read-only", "workspace-write"];
const UNCONFINED: SandboxMode[] = ["danger-full-access", "external"];
const CWD = "/work/project";

function command(line: string, escalation: Partial<Escalation> | null = null): Effect & { kind: "command" } {
  const full = escalation && {
    want: "full" as const,
    target: null,
    justification: "it needs more",
    prefix_rule: null,
    ...escalation,
  };
  return { kind: "command", argv: ["bash", "-lc", line], command: line, cwd: CWD, escalation: full };
}

function patch(...paths: string[]): Effect {
  return { kind: "patch", cwd: CWD, changes: paths.map((path) => ({ path, kind: "update" })) };
}

function mcp(read_only: boolean): Effect {
  return { kind: "mcp", server: "docs", tool: "search", read_only };
}

function input(
  effect: Effect,
  policy: ApprovalPolicy,
  mode: SandboxMode,
  more: Partial<DecisionInput> = {},
): DecisionInput {
  const roots = mode === "workspace-write" ? [CWD, "/tmp"] : [];
  const writable = { roots, protected: roots.map((root) => `${root}/.moat`) };
  return {
    effect,
    approval_policy: policy,
    granular: null,
    sandbox_mode: mode,
    free_patches: false,
    workspace: CWD,
    writable,
    rules: NO_RULES,
    session_grants: [],
    ...more,
  };
}

function rule(pattern: string[], decision: RuleDecision, sandboxed = false): PrefixRule {
  return { pattern: pattern.map((word) => [word]), decision, sandboxed, justification: null, place: null };
}

const rules = (...prefix: PrefixRule[]): Rules => ({ prefix });

/** `allow`, `allow outside`, `ask`, `ask outside`, `ask +write /x`, `forbid`, … */
function short(ruling: Ruling): string {
  if (ruling.type === "forbid") return "forbid";
  const { permit } = ruling;
  const more = permit.sandboxed
    ? [...permit.extra_write.map((path) => `+write ${path}`), ...(permit.network ? ["+network"] : [])]
    : ["outside"];
  return [ruling.type, ...more].join(" ");
}

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
    effect: command("git status && ls"),
    modes: [...CONFINED, ...UNCONFINED],
    expected: ["allow", "allow", "allow", "allow"],
  },
  {
    name: "a command that changes",
    effect: command("npm test"),
    modes: [...CONFINED, ...UNCONFINED],
    expected: ["ask", "allow", "allow", "allow"],
  },
  {
    name: "asks to leave the sandbox",
    effect: command("npm install", {}),
    modes: CONFINED,
    expected: ["ask outside", "allow", "ask outside", "forbid"],
  },
  {
    name: "asks for a directory",
    effect: command("make", { want: "write", target: "/var/x" }),
    modes: CONFINED,
    expected: ["ask +write /var/x", "allow", "ask +write /var/x", "forbid"],
  },
  {
    name: "asks for the network",
    effect: command("npm i", { want: "network", target: "h" }),
    modes: CONFINED,
    expected: ["ask +network", "allow", "ask +network", "forbid"],
  },
  {
    name: "reads, but asks to leave",
    effect: command("ls", {}),
    modes: CONFINED,
    expected: ["ask outside", "allow", "ask outside", "forbid"],
  },
  {
    name: "asks to leave where there is no sandbox",
    effect: command("npm i", {}),
    modes: UNCONFINED,
    expected: ["ask", "allow", "allow", "allow"],
  },
  {
    name: "patch in the workspace",
    effect: patch(`${CWD}/a`),
    modes: ["workspace-write", ...UNCONFINED],
    expected: ["ask", "allow", "allow", "allow"],
  },
  {
    name: "patch in read-only",
    effect: patch(`${CWD}/a`),
    modes: ["read-only"],
    expected: ["ask outside", "ask outside", "ask outside", "forbid"],
  },
  {
    name: "patch outside",
    effect: patch(`${CWD}/a`, "/etc/x"),
    modes: CONFINED,
    expected: ["ask outside", "ask outside", "ask outside", "forbid"],
  },
  {
    name: "patch of a protected place",
    effect: patch(`${CWD}/.moat/config.toml`),
    modes: CONFINED,
    expected: ["ask outside", "ask outside", "ask outside", "forbid"],
  },
  {
    name: "patch of an inner .git",
    effect: patch(`${CWD}/sub/.git/config`),
    modes: CONFINED,
    expected: ["ask outside", "ask outside", "ask outside", "forbid"],
  },
  {
    name: "patch beside a root with the same start",
    effect: patch(`${CWD}-2/a`),
    modes: CONFINED,
    expected: ["ask outside", "ask outside", "ask outside", "forbid"],
  },
  {
    name: "patch outside, no sandbox",
    effect: patch("/etc/x"),
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
        expect(POLICIES.map((policy) => short(decide(input(effect, policy, mode))))).toEqual(expected);
      });
    }
  }

  test("never says that it is the approval policy", () => {
    const ruling = decide(input(command("npm i", {}), "never", "workspace-write"));
    expect(ruling).toMatchObject({ type: "forbid", reason: expect.stringContaining("approval policy is never") });
  });
});

test("git is not safe where the model says that it should start", () => {
  const inside = command("git status");
  expect(short(decide(input(inside, "untrusted", "workspace-write")))).toBe("allow");
  expect(short(decide(input({ ...inside, cwd: `${CWD}/vendor` }, "untrusted", "workspace-write")))).toBe("ask");
  expect(short(decide(input({ ...command("ls"), cwd: "/tmp" }, "untrusted", "workspace-write")))).toBe("allow");
});

describe("rules", () => {
  const on = (
    line: string,
    list: Rules,
    policy: ApprovalPolicy = "on-request",
    escalation: Partial<Escalation> | null = null,
  ) => short(decide(input(command(line, escalation), policy, "workspace-write", { rules: list })));

  test("forbidden wins over everything", () => {
    const list = rules(rule(["git", "push"], "forbidden"), rule(["git"], "allow"));
    for (const policy of POLICIES) expect(on("git push", list, policy)).toBe("forbid");
    const grant = { effect: command("git push"), permit: OUTSIDE };
    expect(
      decide(input(command("git push"), "on-request", "danger-full-access", { rules: list, session_grants: [grant] }))
        .type,
    ).toBe("forbid");
  });

  test("a forbidden command is found in compounds, wrappers, paths and behind options", () => {
    const list = rules(rule(["git", "push"], "forbidden"));
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
    const list = rules(rule(["git", "push"], "forbidden"));
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
    const list = rules(rule(["npm"], "prompt"));
    expect(POLICIES.map((policy) => on("npm test", list, policy))).toEqual(["ask", "ask", "ask", "forbid"]);
  });

  test("allow runs outside the sandbox, also under never, unless the rule keeps it inside", () => {
    const list = rules(rule(["npm", "install"], "allow"));
    expect(POLICIES.map((policy) => on("npm install x", list, policy))).toEqual(Array(4).fill("allow outside"));
    const inside = rules(rule(["npm", "install"], "allow", true));
    expect(POLICIES.map((policy) => on("npm install x", inside, policy))).toEqual(Array(4).fill("allow"));
    expect(POLICIES.map((policy) => on("npm install x", inside, policy, {}))).toEqual([
      "ask outside",
      "allow",
      "ask outside",
      "forbid",
    ]);
  });

  test("allow covers a compound only when every part is allowed or reads", () => {
    const list = rules(rule(["npm", "install"], "allow"));
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
    const list = rules(rule(["npm", "install"], "allow"));
    expect(on("npm install", list, "on-request", { want: "network", target: "h" })).toBe("allow +network");
  });
});

describe("session answers", () => {
  const grant = (effect: Effect, permit = AS_MODE) => ({ session_grants: [{ effect, permit }] });

  test("the exact command in the same directory, and nothing wider than was allowed", () => {
    const given = grant(command("npm test"));
    const on = (effect: Effect) => short(decide(input(effect, "untrusted", "workspace-write", given)));
    expect(on(command("npm test"))).toBe("allow");
    expect(on(command("npm test -- x"))).toBe("ask");
    expect(on({ ...command("npm test"), cwd: "/work/other" })).toBe("ask");
    expect(on(command("npm test", {}))).toBe("ask outside");
  });

  test("a wider one is used at once", () => {
    const given = grant(command("npm test", {}), OUTSIDE);
    expect(short(decide(input(command("npm test"), "on-request", "workspace-write", given)))).toBe("allow outside");
  });

  test("files and tools", () => {
    const files = grant(patch("/etc/a", "/etc/b"), OUTSIDE);
    expect(short(decide(input(patch("/etc/b"), "on-request", "workspace-write", files)))).toBe("allow outside");
    expect(short(decide(input(patch("/etc/c"), "on-request", "workspace-write", files)))).toBe("ask outside");
    expect(short(decide(input(mcp(false), "on-request", "workspace-write", grant(mcp(false)))))).toBe("allow");
  });
});

describe("granular and auto-edit", () => {
  const none: Granular = { sandbox_approval: false, rules: false, mcp_elicitations: false, request_permissions: false };
  const on = (effect: Effect, granular: Granular, list = NO_RULES) =>
    short(decide(input(effect, "on-request", "workspace-write", { granular, rules: list })));

  test("each kind of question has its own switch", () => {
    expect(on(command("npm i", {}), none)).toBe("forbid");
    expect(on(command("npm i", {}), { ...none, sandbox_approval: true })).toBe("ask outside");
    expect(on(command("npm i", { want: "network", target: "h" }), { ...none, sandbox_approval: true })).toBe("forbid");
    expect(on(command("npm i", { want: "network", target: "h" }), { ...none, request_permissions: true })).toBe(
      "ask +network",
    );
    expect(on(mcp(false), { ...none, mcp_elicitations: true })).toBe("ask");
    expect(on(command("npm i"), none, rules(rule(["npm"], "prompt")))).toBe("forbid");
    expect(on(command("npm i"), { ...none, rules: true }, rules(rule(["npm"], "prompt")))).toBe("ask");
    expect(on(command("npm i"), none)).toBe("allow");
  });

  test("auto-edit patches freely and asks about commands", () => {
    const auto = { free_patches: true };
    expect(short(decide(input(patch(`${CWD}/a`), "untrusted", "workspace-write", auto)))).toBe("allow");
    expect(short(decide(input(patch("/etc/a"), "untrusted", "workspace-write", auto)))).toBe("ask outside");
    expect(short(decide(input(command("npm test"), "untrusted", "workspace-write", auto)))).toBe("ask");
  });
});

describe("after a denial", () => {
  const denial = (more: Partial<Denial> = {}): Denial => ({
    rule: "writable_roots",
    kind: "write",
    target: "/var/x/y",
    explanation: "no writing there",
    grant: "--add-dir /var/x",
    ...more,
  });
  const after = (policy: ApprovalPolicy, given: Denial, had = AS_MODE, more: Partial<DecisionInput> = {}) =>
    short(decideAfterDenial(input(command("make"), policy, "workspace-write", more), given, had));

  test("asks once for the narrowest grant; never forbids", () => {
    expect(POLICIES.map((policy) => after(policy, denial()))).toEqual([
      "ask +write /var/x",
      "ask +write /var/x",
      "ask +write /var/x",
      "forbid",
    ]);
    expect(after("on-request", denial({ grant: "--add-dir '/var/a b'\\''c'" }))).toBe("ask +write /var/a b'c");
    expect(
      after("on-request", denial({ kind: "network", grant: "-c sandbox_workspace_write.network_access=true" })),
    ).toBe("ask +network");
    expect(after("on-request", denial({ rule: "read-only", grant: "-s workspace-write" }))).toBe(`ask +write ${CWD}`);
    expect(after("on-request", denial({ grant: null }))).toBe("ask outside");
    expect(after("on-request", denial({ kind: "read", grant: null }))).toBe("ask outside");
  });

  test("a grant that was given already and did not help leads out", () => {
    expect(after("on-request", denial(), { ...AS_MODE, extra_write: ["/var/x"] })).toBe("ask outside");
    expect(after("on-request", denial(), { ...AS_MODE, network: true })).toBe("ask +write /var/x +network");
    expect(after("on-request", denial(), OUTSIDE)).toBe("forbid");
  });

  test("what ran already cannot be edited", () => {
    const ruling = decideAfterDenial(input(command("make"), "on-request", "workspace-write"), denial(), AS_MODE);
    expect(ruling.type === "ask" && ruling.choices.map((c) => c.decision)).not.toContain("edited");
  });

  test("rules and session answers that let it out need no question, also under never", () => {
    expect(after("never", denial(), AS_MODE, { rules: rules(rule(["make"], "allow")) })).toBe("allow outside");
    expect(after("on-request", denial(), AS_MODE, { rules: rules(rule(["make"], "allow", true)) })).toBe(
      "ask +write /var/x",
    );
    expect(
      after("on-request", denial(), AS_MODE, { session_grants: [{ effect: command("make"), permit: OUTSIDE }] }),
    ).toBe("allow outside");
  });
});

describe("the question", () => {
  const asked = (line: string, escalation: Partial<Escalation> | null = null, policy: ApprovalPolicy = "untrusted") => {
    const ruling = decide(input(command(line, escalation), policy, "workspace-write"));
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
    const past = ["npm run test -- a", "ls", "npm run test"].map((line) => command(line));
    const ruling = decide(input(command("npm run test"), "untrusted", "workspace-write", { past }));
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
      short(decide(input(command(line, more), "on-request", "workspace-write", { rules: list })));
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
    const words: Effect = { ...command("x"), argv: ["make", "a b"], command: "make 'a b'" };
    const ruling = decide(input(words, "untrusted", "workspace-write"));
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
