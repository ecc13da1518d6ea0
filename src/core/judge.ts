import { match } from "ts-pattern";
import { type DecisionInput, decide, decideAfterDenial, type Permit, type Ruling, ruleFor } from "../policy/index.ts";
import type { ApprovalRequest, Decision, Denial, Effect, SandboxMode, ToolCallItem } from "../protocol/index.ts";
import { threadPolicy } from "./confinement.ts";
import type { ThreadState } from "./state.ts";

/** A call may run, under this permit; or it may not, and the message tells the model why. */
export type Judged = { ok: true; permit: Permit } | { ok: false; message: string };

/** The confinement of a call that touches nothing outside the thread. */
export const AS_SETTINGS: Permit = { sandboxed: true, extra_write: [], network: false };

/** Decides about a call by rules and policy, and asks the user where they say so. */
export async function judgeCall(
  state: ThreadState,
  call: ToolCallItem,
  effect: Effect,
  hook: "allow" | "ask" | null,
  signal: AbortSignal,
): Promise<Judged> {
  const input = await decisionInput(state, effect);
  const ruling = decide(hook === "ask" ? askingInput(input) : input);
  // A hook that allows spares the question; the sandbox stays as it is.
  if (hook === "allow" && ruling.type === "ask") return { ok: true, permit: AS_SETTINGS };
  return settle(state, { call_id: call.call_id, effect, denial: null }, ruling, signal);
}

/** A hook wants a person to decide: as if nothing were known to be safe. Where nobody may be asked, nothing changes. */
function askingInput(input: DecisionInput): DecisionInput {
  if (input.approval_policy === "never") return input;
  return { ...input, approval_policy: "untrusted", free_patches: false };
}

/** After the sandbox refused something: whether, and how much wider, the command may run once more. */
export async function judgeDenied(
  state: ThreadState,
  call: ToolCallItem,
  effect: Effect,
  denial: Denial,
  had: Permit,
  signal: AbortSignal,
): Promise<Permit | null> {
  const ruling = decideAfterDenial(await decisionInput(state, effect), denial, had);
  const judged = await settle(state, { call_id: `${call.call_id}:again`, effect, denial }, ruling, signal);
  return judged.ok ? judged.permit : null;
}

async function decisionInput(state: ThreadState, effect: Effect): Promise<DecisionInput> {
  const { approval_policy, granular, sandbox_mode, free_patches } = state.settings;
  const { writable, protected: kept } = await threadPolicy(state, AS_SETTINGS);
  return {
    effect,
    approval_policy,
    granular,
    sandbox_mode,
    free_patches,
    workspace: state.settings.cwd,
    writable: { roots: writable, protected: kept },
    rules: state.rules,
    session_grants: state.grants,
  };
}

type Question = Pick<ApprovalRequest, "call_id" | "effect" | "denial">;

async function settle(state: ThreadState, question: Question, ruling: Ruling, signal: AbortSignal): Promise<Judged> {
  if (ruling.type === "allow") return { ok: true, permit: ruling.permit };
  if (ruling.type === "forbid") return { ok: false, message: `not run: ${ruling.reason}` };
  const { effect } = question;
  if (state.services.hooks !== null) {
    const { askHooks } = await import("./hooks.ts");
    const answer = await askHooks(state, { effect, ...ruling }, signal);
    if (answer) return answer === "allow" ? { ok: true, permit: ruling.permit } : { ok: false, message: answer.denied };
  }
  const request: ApprovalRequest = {
    ...question,
    reason: ruling.reason,
    justification: (effect.kind === "command" && effect.escalation?.justification) || null,
    sandbox: ruling.permit.sandboxed ? state.settings.sandbox_mode : ("danger-full-access" satisfies SandboxMode),
    choices: ruling.choices,
  };
  const decision = await ask(state, request, signal);
  return obey(state, effect, ruling, decision);
}

async function ask(state: ThreadState, request: ApprovalRequest, signal: AbortSignal): Promise<Decision> {
  const answer = state.approvals.ask(request, signal);
  state.emit({ type: "approval.requested", request });
  const decision = await answer;
  state.emit({ type: "approval.resolved", call_id: request.call_id, decision });
  return decision;
}

function obey(state: ThreadState, effect: Effect, ruling: Ruling & { type: "ask" }, decision: Decision): Judged {
  const { permit } = ruling;
  return match(decision)
    .returnType<Judged>()
    .with({ type: "approved" }, () => ({ ok: true, permit }))
    .with({ type: "session" }, () => {
      state.grants.push({ effect, permit });
      return { ok: true, permit };
    })
    .with({ type: "always" }, ({ prefix }) => {
      const pattern = prefix.map((word) => [word]);
      const rule = {
        pattern,
        decision: "allow",
        sandboxed: permit.sandboxed,
        justification: null,
        place: null,
      } as const;
      state.addRule(rule, ruleFor(prefix, permit));
      return { ok: true, permit };
    })
    .with({ type: "denied" }, ({ reason }) => {
      const why = reason ? `; the reason: ${reason}` : "";
      return { ok: false, message: `not run: the user said no${why}` };
    })
    .with({ type: "abort" }, () => {
      state.interrupt();
      return { ok: false, message: "not run: the user said no and stopped the turn" };
    })
    .exhaustive();
}
