import type { ApprovalPolicy, SandboxMode, TurnContext } from "../protocol/index.ts";

/** From the narrowest to the widest. */
const MODES: readonly SandboxMode[] = ["read-only", "workspace-write", "external", "danger-full-access"];
const POLICIES: readonly ApprovalPolicy[] = ["untrusted", "on-request", "on-failure", "never"];

/** A sandbox mode as a file says it; null when it is none. */
export function sandboxModeOf(value: unknown): SandboxMode | null {
  return MODES.find((mode) => mode === value) ?? null;
}

/** An approval policy as a file says it; null when it is none. */
export function approvalPolicyOf(value: unknown): ApprovalPolicy | null {
  return POLICIES.find((policy) => policy === value) ?? null;
}

/** The one that leaves less to a command. */
export function narrowerMode(a: SandboxMode, b: SandboxMode): SandboxMode {
  return MODES.indexOf(a) <= MODES.indexOf(b) ? a : b;
}

/** The policy that leaves less to a command. */
export function narrowerPolicy(a: ApprovalPolicy, b: ApprovalPolicy): ApprovalPolicy {
  return POLICIES.indexOf(a) <= POLICIES.indexOf(b) ? a : b;
}

/**
 * The settings of a turn that a file does not tell, from those of the turn before: a thread that goes on with them must not be
 * freer than it was, so they are the least.
 */
export function leastOf(before: TurnContext): TurnContext {
  const approval_policy = before.approval_policy === "untrusted" ? "untrusted" : "on-request";
  const after_plan = { approval_policy, sandbox_mode: "read-only" } as const;
  const { sandbox_mode: _mode, approval_policy: _policy, ...rest } = before.untold ?? {};
  return {
    ...before,
    ...after_plan,
    ...(before.after_plan === undefined ? {} : { after_plan }),
    ...(before.untold === undefined ? {} : { untold: rest }),
  };
}

/** The settings of a turn as a file of any version has them: of what cannot be read, the least. */
export function narrowed(context: TurnContext): TurnContext {
  const least = leastOf(context);
  const sandbox_mode = sandboxModeOf(context.sandbox_mode) ?? least.sandbox_mode;
  const approval_policy = approvalPolicyOf(context.approval_policy) ?? least.approval_policy;
  return { ...context, sandbox_mode, approval_policy, ...readableAfter(context), ...readableUntold(context) };
}

/** What the user's configuration answers, read as carefully: a mode that cannot be read leaves room for the least. */
function readableUntold({ untold: said }: TurnContext): Pick<TurnContext, "untold"> {
  if (said === undefined) return {};
  const { model, model_provider, sandbox_mode, approval_policy } = { ...said };
  return {
    untold: {
      ...(model === true ? { model } : {}),
      ...(model_provider === true ? { model_provider } : {}),
      ...(sandbox_mode === undefined ? {} : { sandbox_mode: sandboxModeOf(sandbox_mode) ?? "read-only" }),
      ...(approval_policy === undefined ? {} : { approval_policy: approvalPolicyOf(approval_policy) ?? "untrusted" }),
    },
  };
}

/** What holds after plan mode, read as carefully; nothing where the turn was in none. */
function readableAfter({ after_plan: said }: TurnContext): Pick<TurnContext, "after_plan"> {
  if (said === undefined) return {};
  const sandbox_mode = sandboxModeOf(said?.sandbox_mode) ?? "read-only";
  return { after_plan: { sandbox_mode, approval_policy: approvalPolicyOf(said?.approval_policy) ?? "on-request" } };
}
