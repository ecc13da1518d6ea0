import { describe, expect, test } from "bun:test";
import type { Effect } from "../protocol/index.ts";
import type { DecisionInput } from "./decide.ts";
import { AS_MODE, OUTSIDE } from "./permit.ts";
import { decideInPlan } from "./plan.ts";

const command = (argv: string[], want: "full" | "write" | "network" | null = null): Effect => ({
  kind: "command",
  argv,
  command: argv.join(" "),
  cwd: "/w",
  escalation: want && { want, target: want === "write" ? "/d" : null, justification: "", prefix_rule: null },
});
const rule = (word: string, decision: "allow" | "prompt" | "forbidden"): DecisionInput["rules"]["prefix"][number] => ({
  ...{ pattern: [[word]], decision, sandboxed: false, justification: null, place: null },
});
const ruling = (effect: Effect, more: Partial<DecisionInput> = {}) =>
  decideInPlan({
    ...{ effect, granular: null, workspace: "/w", free_patches: true, writable: { roots: ["/w"], protected: [] } },
    ...{ approval_policy: "on-request", sandbox_mode: "danger-full-access" },
    rules: { prefix: [rule("make", "allow"), rule("ask", "prompt"), rule("never", "forbidden")] },
    session_grants: [{ effect: command(["touch", "a"]), permit: OUTSIDE }],
    ...more,
  } as DecisionInput);

describe("in plan mode", () => {
  test.each([
    ["what is not known", ["some-tool"]],
    ["what a rule lets out of the sandbox", ["make"]],
    ["what was allowed for the session", ["touch", "a"]],
  ])("%s runs in the sandbox, with nothing more", (_, argv) => {
    for (const approval_policy of ["untrusted", "on-failure", "on-request", "never"] as const)
      expect(ruling(command(argv), { approval_policy })).toMatchObject({ type: "allow", permit: AS_MODE });
  });

  test.each([
    ["what a rule forbids", command(["never"])],
    ["what a rule asks about", command(["ask"])],
    ["more than the sandbox gives", command(["make"], "full")],
    ["a directory", command(["make"], "write")],
    ["the network", command(["make"], "network")],
    ["a patch", { kind: "patch", changes: [{ path: "/w/a", kind: "add" }], cwd: "/w" }],
    ["a tool that acts", { kind: "mcp", server: "s", tool: "t", read_only: false }],
  ] as [string, Effect][])("%s is refused, and nobody is asked", (_, effect) => {
    expect(ruling(effect).type).toBe("forbid");
  });

  test("a tool that only reads is let through", () => {
    expect(ruling({ kind: "mcp", server: "s", tool: "t", read_only: true })).toMatchObject({ permit: AS_MODE });
  });
});
