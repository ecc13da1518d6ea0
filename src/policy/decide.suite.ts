// Effects, inputs and short forms that the tests of decisions share.
import type { ApprovalPolicy, Effect, Escalation, SandboxMode } from "../protocol/index.ts";
import type { DecisionInput, Ruling } from "./decide.ts";
import type { PrefixRule, RuleDecision } from "./rules/rule.ts";
import { NO_RULES, type Rules } from "./rules/rules.ts";

export const POLICIES: ApprovalPolicy[] = ["untrusted", "on-failure", "on-request", "never"];
export const CONFINED: SandboxMode[] = ["read-only", "workspace-write"];
export const UNCONFINED: SandboxMode[] = ["danger-full-access", "external"];
export const CWD = "/work/project";

export function commandOf(line: string, escalation: Partial<Escalation> | null = null): Effect & { kind: "command" } {
  const full = escalation && {
    want: "full" as const,
    target: null,
    justification: "it needs more",
    prefix_rule: null,
    ...escalation,
  };
  return { kind: "command", argv: ["bash", "-lc", line], command: line, cwd: CWD, escalation: full };
}

export function patchOf(...paths: string[]): Effect {
  return { kind: "patch", cwd: CWD, changes: paths.map((path) => ({ path, kind: "update" })) };
}

export function mcp(read_only: boolean): Effect {
  return { kind: "mcp", server: "docs", tool: "search", read_only };
}

export function inputOf(
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

export function ruleFor(pattern: string[], decision: RuleDecision, sandboxed = false): PrefixRule {
  return { pattern: pattern.map((word) => [word]), decision, sandboxed, justification: null, place: null };
}

export const rules = (...prefix: PrefixRule[]): Rules => ({ prefix });

/** `allow`, `allow outside`, `ask`, `ask outside`, `ask +write /x`, `forbid`, … */
export function short(ruling: Ruling): string {
  if (ruling.type === "forbid") return "forbid";
  const { permit } = ruling;
  const more = permit.sandboxed
    ? [...permit.extra_write.map((path) => `+write ${path}`), ...(permit.network === "none" ? [] : ["+network"])]
    : ["outside"];
  return [ruling.type, ...more].join(" ");
}
