import { type DecisionInput, decide, type Ruling } from "./decide.ts";
import { AS_MODE } from "./permit.ts";

const no = (why: string): Ruling => ({ type: "forbid", reason: `plan mode: ${why}` });

/**
 * Decides in plan mode: nothing is written and nobody is asked, whatever rules, earlier answers and the policy after it say. What
 * runs, runs as the read-only sandbox has it and with nothing more.
 */
export function decideInPlan(input: DecisionInput): Ruling {
  const { effect } = input;
  if (effect.kind === "patch")
    return no("no file is changed before the plan is approved; put the change into the plan");
  if (effect.kind === "mcp" && !effect.read_only)
    return no(`the tool ${effect.tool} of ${effect.server} does not say that it only reads`);
  if (effect.kind === "command" && effect.escalation !== null)
    return no(
      "no command gets more than the read-only sandbox, and nobody is asked; call it without sandbox_permissions",
    );
  const ruling = decide({ ...input, approval_policy: "never", sandbox_mode: "read-only", session_grants: [] });
  if (ruling.type === "allow") return { ...ruling, permit: AS_MODE };
  // What would open it without plan mode opens nothing here.
  return ruling.type === "forbid" ? { type: "forbid", reason: ruling.reason } : ruling;
}
